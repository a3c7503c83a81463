package adapter

import "testing"

func TestALogURLThatNoPodCanFillIsLeftOut(t *testing.T) {
	good := Settings{LogURL: "https://logs/{{.Namespace}}/{{.Pod}}", Namespace: "one"}
	if got := checked("test", good); got != good {
		t.Errorf("got %+v", got)
	}
	if got := checked("test", Settings{LogURL: "https://logs/{{.pod}}", Namespace: "one"}); got.LogURL != "" || got.Namespace != "one" {
		t.Errorf("got %+v", got)
	}
}

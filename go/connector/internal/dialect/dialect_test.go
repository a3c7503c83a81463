package dialect

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"example.com/flyteconnector/gen/flyteidl/admin"
	"example.com/flyteconnector/internal/fixture"
	"example.com/flyteconnector/plugin"
)

func service(t *testing.T, double *fixture.Double) Service {
	engine, _ := fixture.Core(t, double)
	return Service{Name: "mine", Core: engine, Log: fixture.Log(t)}
}

// request is a real one, for a type.
func request(t *testing.T, taskType string, version int32) *admin.CreateTaskRequest {
	result := fixture.Requests(t)["container_target"]
	result.Template.Type, result.Template.TaskTypeVersion = taskType, version
	return result
}

func TestARefusalTravelsFromCreateToGet(t *testing.T) {
	noImage := request(t, "double", 0)
	noImage.GetTemplate().GetContainer().Image = ""
	for want, c := range map[string]struct {
		request *admin.CreateTaskRequest
		adapter error
	}{
		"the plugin says no":       {request(t, "double", 0), nil},
		"container.image is empty": {noImage, nil},
		"the adapter says no":      {noImage, errors.New("the adapter says no")},
	} {
		s := service(t, &fixture.Double{Types: []string{"double"}, Refusal: errors.New("the plugin says no")})
		meta, err := s.Create(t.Context(), c.request, c.adapter)
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if info, err := s.Get(t.Context(), "double", meta); err != nil || info.Phase != plugin.Failed || !strings.Contains(info.Reason, want) {
			t.Errorf("want FAILED with %q, got %v, %v", want, info, err)
		}
		if err := s.Delete(t.Context(), "double", meta); err != nil {
			t.Errorf("want the delete to do nothing, got %v", err)
		}
	}
}

func TestATypeOrVersionThatNobodyServesIsNotFoundAndNothingIsCreated(t *testing.T) {
	invalid := request(t, "other", 0)
	invalid.GetTemplate().GetContainer().Image = ""
	incomplete := proto.CloneOf(invalid)
	incomplete.OutputPrefix = ""
	for name, c := range map[string]struct {
		request *admin.CreateTaskRequest
		want    codes.Code
	}{
		"an unknown type": {request(t, "other", 0), codes.NotFound}, "also where the task is wrong": {invalid, codes.NotFound},
		"a later version": {request(t, "double", 3), codes.NotFound}, "no version": {request(t, "double", -1), codes.NotFound},
		"an incomplete request": {incomplete, codes.InvalidArgument}, "an empty one": {&admin.CreateTaskRequest{}, codes.InvalidArgument},
	} {
		double := &fixture.Double{Types: []string{"double"}, Version: 2}
		meta, err := service(t, double).Create(t.Context(), c.request, nil)
		if status.Code(err) != c.want || meta != nil || len(double.Built) != 0 {
			t.Errorf("%s: want %s and nothing, got %v, %s, %v", name, c.want, err, meta, double.Built)
		}
	}
}

func TestEveryVersionUpToThePluginsOwnIsServedAndTold(t *testing.T) {
	double := &fixture.Double{Types: []string{"double", "twin"}, Version: 1}
	s := service(t, double)
	want := []Category{{"double", 0}, {"double", 1}, {"twin", 0}, {"twin", 1}}
	if got := s.Categories(); !slices.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
	for i, category := range want {
		r := request(t, category.Type, category.Version)
		r.OutputPrefix += string(rune('a' + i))
		if _, err := s.Create(t.Context(), r, nil); err != nil {
			t.Fatalf("%v: %v", category, err)
		}
		if got := double.Built[i]; got.Type != category.Type || got.TypeVersion != category.Version {
			t.Errorf("want the plugin to see %v, got %q %d", category, got.Type, got.TypeVersion)
		}
	}
}

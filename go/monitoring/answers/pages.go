package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// page is what one scrape of one instance returned; without text, it failed.
type page struct {
	instance string
	at       int64
	text     []byte
}

// readPages returns the pages of a folder in the order of their times, as a storage wants them.
func readPages(folder string) ([]page, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.txt"))
	if err != nil {
		return nil, fmt.Errorf("look for pages: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("folder %s has no page; want INSTANCE/MILLISECONDS.txt", folder)
	}
	pages := make([]page, 0, len(files))
	for _, file := range files {
		at, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(file), ".txt"), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("page %s: the name is not a time in milliseconds: %w", file, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
		pages = append(pages, page{filepath.Base(filepath.Dir(file)), at, text})
	}
	slices.SortFunc(pages, func(a, b page) int {
		return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.instance, b.instance))
	})
	return pages, nil
}

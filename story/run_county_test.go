package story_test

import (
	"context"
	"fmt"
	"testing"

	"jinchu/engine/inmem"
	"jinchu/story"
	"jinchu/workflows"
)

// TestRunsShareAStore begins a story again and again, each time as another
// run: sooner or later two names point at one county, and none may get one
// that is taken.
func TestRunsShareAStore(t *testing.T) {
	const text = "org committee beicheng 北城街道党工委\norg branch dongyuan 东园党支部 in beicheng\nmember wu secretary of dongyuan\n2026-05-10 clock\n"
	store := inmem.New()
	for i := range 300 {
		d, err := story.NewEngineDriver(store, fmt.Sprint("run ", i), workflows.All, workflows.LoadProfile)
		if err != nil {
			t.Fatal(err)
		}
		f, err := story.Parse("shared", text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := story.Run(context.Background(), f, d); err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
	}
}

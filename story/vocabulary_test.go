package story_test

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"jinchu/story"
	"jinchu/workflows"
)

var update = flag.Bool("update", false, "rewrite the vocabulary in doc/stories.md")

// TestVocabulary wants the guide to name what the workflows have.
func TestVocabulary(t *testing.T) {
	const file, mark = "../doc/stories.md", "<!-- vocabulary -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, have, ok := strings.Cut(string(text), mark)
	if !ok {
		t.Fatalf("%s has no mark %q", file, mark)
	}
	var want bytes.Buffer
	for _, w := range workflows.All() {
		if err := w.Compile(nil); err != nil {
			t.Fatal(err)
		}
		want.WriteByte('\n')
		if err := story.Vocabulary(&want, w); err != nil {
			t.Fatal(err)
		}
	}
	if have == want.String() {
		return
	}
	if !*update {
		t.Fatalf("the vocabulary of %s is not that of the workflows: run go test ./story -update", file)
	}
	if err := os.WriteFile(file, []byte(before+mark+want.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGuide plays the story in the guide.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile("../doc/stories.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```text\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the guide has no example")
	}
	for _, f := range play(t, driver(t), "guide.txt", example).Failures {
		t.Error(f)
	}
}

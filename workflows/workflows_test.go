package workflows

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jinchu/engine"
	"jinchu/engine/draw"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// compiled is a workflow compiled with a profile of the regulation.
func compiled(t testing.TB, w *engine.Workflow, profile string) *engine.Workflow {
	t.Helper()
	p, err := LoadProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Compile(p); err != nil {
		t.Fatal(err)
	}
	return w
}

// open are the findings of the check that nobody waived.
func open(w *engine.Workflow) []string {
	var out []string
	for _, f := range w.Check() {
		if f.Waived == "" {
			out = append(out, f.Key)
		}
	}
	return out
}

func TestNothingOpenInTheRegulation(t *testing.T) {
	for _, profile := range []string{"national", "zaoyang"} {
		for _, w := range All() {
			if findings := open(compiled(t, w, profile)); len(findings) > 0 {
				t.Errorf("%s under %s: %q", w.Key, profile, findings)
			}
		}
	}
}

// Every step the proof names is needed: without its rules, and with a way
// around them, the proof fails.
func TestTheProofNeedsEveryStep(t *testing.T) {
	for i, whole := range All() {
		for _, inv := range whole.Invariants {
			for _, step := range inv.Needs {
				without := All()[i]
				without.Rules = slices.DeleteFunc(without.Rules, func(r engine.Rule) bool { return r.Action.Key == step.Key })
				without.Dues = slices.DeleteFunc(without.Dues, func(d engine.DueRule) bool { return d.Action.Key == step.Key })
				expectBroken(t, without, inv.Key, "without "+step.Key)

				around := All()[i]
				for n, r := range around.Rules {
					if r.Action.Key == step.Key && !r.Stay {
						around.Rules = append(around.Rules, engine.Art(r.Article, CountyDepartment.May(shortcut(n)).In(r.From...).To(r.To)))
					}
				}
				expectBroken(t, around, inv.Key, "around "+step.Key)
			}
		}
	}
}

func shortcut(n int) engine.Action {
	return engine.NewAction(fmt.Sprintf("shortcut-%d", n), "捷径", "a way around")
}

func expectBroken(t *testing.T, w *engine.Workflow, key, what string) {
	t.Helper()
	findings := open(compiled(t, w, "zaoyang"))
	if !slices.ContainsFunc(findings, func(f string) bool { return strings.HasPrefix(f, "invariant:"+key) }) {
		t.Errorf("%s: the proof of %s still holds; findings %q", what, key, findings)
	}
}

func TestGolden(t *testing.T) {
	for _, w := range All() {
		compiled(t, w, "zaoyang")
		dir := filepath.Join("testdata", "golden", w.Key)
		golden(t, filepath.Join(dir, "rulebook.md"), draw.Rulebook(w))
		golden(t, filepath.Join(dir, "diagram.svg"), draw.SVG(w, draw.Options{}))
		golden(t, filepath.Join(dir, "diagram.mmd"), []byte(draw.Mermaid(w)))
		golden(t, filepath.Join(dir, "lives.md"), draw.Lives(w, 200))
		golden(t, filepath.Join(dir, "roles.md"), draw.Roles(w))
		golden(t, filepath.Join(dir, "actions.md"), draw.Actions(w))
		golden(t, filepath.Join("..", "doc", w.Key+".svg"), draw.SVG(w, draw.Options{}))
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; read the change, then go test ./workflows -update", name)
	}
}

func TestProfiles(t *testing.T) {
	const head = "name = \"x\"\n[[period]]\nfrom = \"2020-01-01\"\n"
	for text, want := range map[string]string{
		head + "notice.min_working_days = 3":                    "weaker than the national floor",
		head + "spotcheck.quarter_percent = 20":                 "weaker than the national floor",
		head + "approval.months = 4":                            "fixed",
		head + "review.every_months = 12":                       "weaker than the national ceiling",
		head + "notice.min_workingdays = 7":                     "unknown key",
		head + "notice = 7":                                     "unknown key",
		"nme = \"x\"":                                           "unknown key",
		head + "notice.min_working_days = \"five\"":             "expected number",
		head + "notice.min_working_days = true":                 "takes a number",
		head + "[[period]]\nfrom = \"2019-01-01\"":              "begin after",
		"name = \"x\"\n[[period]]\nnotice.min_working_days = 7": "from",
		head + "edition.2026_from = \"soon\"":                   "expected date",
		head + "notice.min_working_days = 7\n[[period]]\nfrom = \"2021-01-01\"\nnotice.min_working_days=4": "period 2",
	} {
		if _, err := ParseProfile("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", text, err, want)
		}
	}
	if _, err := ParseProfile("x", head+"notice.min_working_days = 7"); err != nil {
		t.Error(err)
	}
	if p, err := LoadProfile("national"); p != nil || err != nil {
		t.Error("national is the floor itself:", p, err)
	}
}

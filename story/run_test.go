package story_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/ledger"
	"jinchu/register"
	"jinchu/story"
	"jinchu/workflows"
)

func driver(t *testing.T) *story.EngineDriver {
	t.Helper()
	d, err := story.NewEngineDriver(inmem.New(), t.Name(), workflows.All, workflows.LoadProfile)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func play(t *testing.T, d story.Driver, name, text string) *story.Result {
	t.Helper()
	f, err := story.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	res, err := story.Run(context.Background(), f, d)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// TestSamples plays the sample stories on the engine alone and over HTTP.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no sample stories", err)
	}
	drivers := map[string]story.Driver{"engine": driver(t), "http": httpDriver(t)}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, d := range drivers {
			t.Run(name+"/"+strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
				res := play(t, d, file, string(text))
				for _, f := range res.Failures {
					t.Error(f)
				}
				if res.Skipped != "" {
					t.Error("skipped: " + res.Skipped)
				}
			})
		}
	}
}

// TestWrongExpectations plays stories that do not come out as written: each
// must fail, on its line, and say why.
func TestWrongExpectations(t *testing.T) {
	open := "2024-03-02 open admission a1 for lin by wu\n"
	for _, c := range []struct{ lines, says string }{
		{"2024-03-02 open admission a1 for lin by wu -> talked", "expected stage talked, got stage applied"},
		{"2024-03-02 open admission a1 for lin by wu !! 细则 5", "expected a refusal citing 细则 5, got stage applied"},
		{"2024-03-02 open admission a1 for lin by wu ?? future-date", "expected bad input future-date, got stage applied"},
		{"2016-03-02 open admission a1 for lin by wu", "expected that it is accepted, got a refusal:\n      2014细则 5: 递交申请时已满规定年龄"},
		{"2016-03-02 open admission a1 for lin by wu !! 细则 6", "expected a refusal citing 细则 6, got a refusal:"},
		{"2016-03-02 open admission a1 for lin by wu !! 细则 5: 预备党员", "细则 5: 预备党员, got a refusal:"},
		{"2016-03-02 open admission a1 for lin by wu !! 细则 5 !! 细则 6", "细则 5 and 细则 6, got"},
		{"2016-03-02 open admission a1 for lin by wu ?? stale", "bad input stale, got a refusal"},
		{open + "2024-03-02 wu record-talk a1 talker=nobody ?? stale", "bad input stale, got bad input unknown-person"},
		{open + "2024-03-02 wu record-talk a1 talker=nobody ?? unknown-person: 某某", "saying 某某, got bad input unknown-person"},
		{open + "expect a1 stage talked", "a1 stage  talked, got applied"},
		{open + "expect a1 overdue yes", "overdue: []"},
		{open + "2024-06-01 expect a1 overdue no", "record-talk was due 2024-04-02"},
		{open + "expect a1 due record-talk 2024-04-01", "got 2024-04-02"},
		{open + "expect a1 serial yes", "got no"},
		{open + "expect a1 serial 20240001", "got none"},
		{open + "expect a1 serial differs a1", "expected two different serials"},
		{open + "expect a1 holds live no", "got yes"},
		{open + "expect a1 flag late", "expected flag late, got flags []"},
		{open + "expect a1 events 2", "got 1"},
		{open + "expect a1 ended yes", "got no"},
		{open + "expect a1 fact received 2024-03-03", `got "2024-03-02"`},
		{open + "expect a1 fact received none", `got "2024-03-02"`},
		{open + "expect a1 fact talker wu", "expected fact talker wu, got none"},
		{open + "expect a1 offers approve to chen", "expected that approve is offered"},
		{open + "expect a1 blocks record-talk to wu", "expected that record-talk is blocked"},
		{open + "expect lin standing activist", "got applicant"},
		{open + "expect supervision of a1 1", "supervision of a1 1, got 0"},
		{open + "2024-04-03 clock\nexpect supervision of dongyuan 0", "supervision of dongyuan 0, got 1"},
		{open + "find o1 supervision in dongyuan", "a case of supervision that the calendar opened, got none"},
		{open + "2024-03-03 open supervision o1 in dongyuan by chen level=hint problems=1:x basis=x\nfind o2 supervision in dongyuan", "that the calendar opened, got none"},
		{open + "expect lin party-age 2024-01-01", "got none"},
		{open + "fast-forward a1 to activist by 2024-03-04", "expected activist by 2024-03-04, got"},
		{open + "fast-forward a1 to talked on 2024-03-01", "expected talked on 2024-03-01, got possible from 2024-03-03"},
		{open + "sanction wu none !! anything", "expected an error saying anything, got no error"},
		{"2024-03-02 both { open admission a1 for lin by wu | open admission a2 for ma by wu } -> one", "expected that exactly one is accepted, got stage applied; and stage applied"},
		{"2024-03-02 both { open admission a1 for lin by wu | open admission a2 for lin by wu } -> both", "both are accepted, got"},
		{"2024-03-02 both { open admission a1 for lin by wu | open admission a2 for ma by wu } -> same", "both get the same answer"},
	} {
		res := play(t, driver(t), "s.txt", base+c.lines)
		if len(res.Failures) != 1 || res.OK() {
			t.Errorf("%q: %d failures, want 1", c.lines, len(res.Failures))
			continue
		}
		got := res.Failures[0].String()
		line := fmt.Sprintf("s.txt:%d: ", 10+strings.Count(c.lines, "\n"))
		if !strings.HasPrefix(got, line) || !strings.Contains(got, c.says) {
			t.Errorf("%q:\n got %s\nwant %s... %s", c.lines, got, line, c.says)
		}
	}
}

// TestActEndsStory wants nothing to be played after an act that did not come
// out as written, and everything after an expectation that did not.
func TestActEndsStory(t *testing.T) {
	after := "\nexpect lin standing removed"
	res := play(t, driver(t), "s.txt", base+"2024-03-02 open admission a1 for lin by wu -> talked"+after)
	if len(res.Failures) != 1 {
		t.Errorf("%d failures after an act, want 1", len(res.Failures))
	}
	res = play(t, driver(t), "s.txt", base+"2024-03-02 open admission a1 for lin by wu\nexpect a1 events 7"+after)
	if len(res.Failures) != 2 {
		t.Errorf("%d failures after an expectation, want 2", len(res.Failures))
	}
}

// forging is a store that shows a changed payload, or a changed row.
type forging struct {
	engine.Store
	payload, row bool
}

func (f *forging) Log(ctx context.Context, c register.CountyID, chain string, after int64) ([]ledger.Entry, error) {
	entries, err := f.Store.Log(ctx, c, chain, after)
	if f.payload && len(entries) > 0 && !strings.Contains(chain, ":") {
		last := &entries[len(entries)-1]
		last.Payload = bytes.Replace(last.Payload, []byte("原话"), []byte("改话"), 1)
	}
	return entries, err
}

func (f *forging) Rows(ctx context.Context, q *engine.Query) ([]engine.Row, error) {
	rows, err := f.Store.Rows(ctx, q)
	if f.row && len(rows) > 0 {
		rows[0].Stage = "archived"
	}
	return rows, err
}

// TestVerify wants a changed payload and a changed row to be found.
func TestVerify(t *testing.T) {
	for _, f := range []*forging{{}, {payload: true}, {row: true}} {
		f.Store = inmem.New()
		d, err := story.NewEngineDriver(f, t.Name(), workflows.All, workflows.LoadProfile)
		if err != nil {
			t.Fatal(err)
		}
		res := play(t, d, "s.txt", base+"2024-03-02 open admission a1 for lin by wu declaration=原话\nexpect verify ok")
		if res.OK() == (f.payload || f.row) {
			t.Errorf("forged payload %v, row %v: failures %v", f.payload, f.row, res.Failures)
		}
	}
}

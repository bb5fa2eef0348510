package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/engine/inmem"
	"jinchu/register"
	"jinchu/sampling"
	"jinchu/spotcheck"
	"jinchu/store"
	"jinchu/workflows"
)

const zaoyang = register.CountyID("420683")

var lastDay = calendar.On(2026, 11, 22)

func newEngine(t testing.TB, s engine.Store, profile string) *engine.Engine {
	t.Helper()
	p, err := workflows.LoadProfile(profile)
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.NewEngine(s, p, calendar.National(), rand.NewChaCha8([32]byte{1}), workflows.All()...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// knownKey is a party of the draw whose key is its name.
type knownKey string

func (k knownKey) key() (key sampling.Key) { copy(key[:], k); return key }
func (k knownKey) Party() string           { return string(k) }
func (k knownKey) Commit(_ context.Context, q sampling.Quarter) (sampling.Hash, error) {
	return k.key().Commit(string(k), q), nil
}
func (k knownKey) Share(_ context.Context, q sampling.Quarter, draw int) (sampling.Hash, error) {
	return k.key().Share(q, draw), nil
}
func (k knownKey) Reveal(context.Context, sampling.Quarter) (sampling.Key, error) {
	return k.key(), nil
}

func config(t testing.TB, people int, seed uint64) Config {
	t.Helper()
	rows, ok, err := register.Divisions(zaoyang)
	if err != nil || !ok {
		t.Fatal("no divisions", err)
	}
	seal, err := spotcheck.NewSeal(make([]byte, register.MasterLen))
	if err != nil {
		t.Fatal(err)
	}
	return Config{County: zaoyang, Orgs: register.Orgs(rows, zaoyang, "枣阳市"), Years: 3, People: people, Seed: seed, Until: lastDay,
		Holders: []spotcheck.Holder{knownKey("dic"), knownKey("org")}, Seal: seal}
}

// played is a play with what it left behind.
type played struct {
	store  *inmem.Store
	engine *engine.Engine
	report *Report
}

func playIn(t testing.TB, profile string, cfg Config) played {
	t.Helper()
	s := inmem.New()
	e := newEngine(t, s, profile)
	r, err := Play(context.Background(), e, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return played{s, e, r}
}

// large is one play that several tests look at.
var large = func() func(t *testing.T) played {
	var once sync.Once
	var p played
	return func(t *testing.T) played {
		once.Do(func() { p = playIn(t, "zaoyang", config(t, 300, 1)) })
		if p.report == nil {
			t.Fatal("the play did not come about")
		}
		return p
	}
}()

func (p played) rows(t testing.TB) []engine.Row {
	t.Helper()
	var out []engine.Row
	q := &engine.Query{County: zaoyang, Limit: 1000}
	for {
		rows, err := p.store.Rows(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rows...)
		if len(rows) < q.Limit {
			return out
		}
		last := rows[len(rows)-1]
		q.After = engine.Cursor{DueOn: last.DueOn, ID: last.ID}
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// withoutHeads are rows without what the salts make different in every run.
func withoutHeads(rows []engine.Row) []engine.Row {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Head = [32]byte{}
	}
	return out
}

func TestSeedDecidesEverything(t *testing.T) {
	a, b := playIn(t, "zaoyang", config(t, 120, 7)), playIn(t, "zaoyang", config(t, 120, 7))
	if x, y := asJSON(t, a.report), asJSON(t, b.report); x != y {
		t.Errorf("two reports of one seed:\n%s\n%s", x, y)
	}
	if !slices.Equal(withoutHeads(a.rows(t)), withoutHeads(b.rows(t))) {
		t.Error("two sets of rows of one seed")
	}
	if asJSON(t, a.store.Claims(zaoyang)) != asJSON(t, b.store.Claims(zaoyang)) {
		t.Error("two sets of claims of one seed")
	}
	if c := playIn(t, "zaoyang", config(t, 120, 8)); asJSON(t, a.report) == asJSON(t, c.report) {
		t.Error("another seed plays the same")
	}
}

func TestDatabaseDoesNotMatter(t *testing.T) {
	s, err := store.Open(t.Context(), store.Config{SQLite: filepath.Join(t.TempDir(), "play.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cfg := config(t, 40, 3)
	cfg.Orgs = cfg.Orgs[:60]
	inDatabase, err := Play(t.Context(), newEngine(t, s, "zaoyang"), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if x, y := asJSON(t, inDatabase), asJSON(t, playIn(t, "zaoyang", cfg).report); x != y {
		t.Errorf("in SQLite and in memory:\n%s\n%s", x, y)
	}
}

func TestEverythingGoesWrongOnce(t *testing.T) {
	r := large(t).report
	for _, m := range r.Mistakes {
		// A second extension takes more years than are played here.
		if m.Count == 0 && m.Key != secondExtension.key {
			t.Errorf("nobody played %s (%s)", m.Key, m.Words.En)
		}
	}
	for _, code := range []string{"of-age", "not-barred", "claim-live", "late", "talker-is-member", "collective", "contact-count",
		"contacts-no-kin", "half-year-reviews", "cultivated", "opinions-heard", "stage", "role", "notice-over", "no-open-objection",
		"introducer-count", "introducers-no-kin", "introducers-unsanctioned", "trained", "not-leaving", "all-opinions", "visit-recorded",
		"fresh-reviewer", "no-kin", "defects-named", "all-defects-fixed", "claim-plan-slot", "lead-time", "full-roster", "held-as-filed",
		"quorum", "secret-ballot", "no-proxies", "one-by-one", "ballots-valid", "eligible-counted-right", "waited-after-failure",
		"committee-talked", "within-approval-time", "before-expiry", "committee-majority", "fresh-qualification", "oath-taken",
		"filed-with-county", "transferred-in", "dossier-examined", "all-sides-heard", "probation-over", "extension-length",
		"no-upheld-objection", "person-heard", "heard-before-cancelling", "within-conversion-time", "all-papers",
		"late-receipt-explained", "review-period", "not-failed-before", "no-adverse-opinion", "receiver-examines", "not-banned"} {
		if !slices.ContainsFunc(r.Grounds, func(c Count) bool { return c.Key == code }) {
			t.Errorf("nothing was refused on the ground %s", code)
		}
	}
	for _, e := range r.Events {
		if (e.Count == 0) != (e.Key == "given-up") {
			t.Errorf("%s: %d", e.Key, e.Count)
		}
	}
	if len(r.Overdue) == 0 || r.Refused == 0 || len(r.Articles) == 0 {
		t.Error("a county without arrears or refusals")
	}
}

func TestReportAgreesWithTheStore(t *testing.T) {
	p := large(t)
	rows := p.rows(t)
	stages, overdue, cases := map[string]int{}, map[string]int{}, 0
	for _, row := range rows {
		c, err := p.engine.Refold(t.Context(), zaoyang, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		if engine.RowOf(c) != row {
			t.Errorf("case %s: its events fold to %+v, its row is %+v", row.ID, engine.RowOf(c), row)
		}
		if row.Workflow == "admission" {
			stages[row.Stage]++
			cases++
		}
		if !row.Ended && !row.DueOn.IsZero() && row.DueOn.Before(lastDay) {
			overdue[row.DueAction]++
		}
	}
	same := func(what string, counts []Count, want map[string]int) {
		t.Helper()
		got := map[string]int{}
		for _, c := range counts {
			got[c.Key] = c.Count
		}
		if asJSON(t, got) != asJSON(t, want) {
			t.Errorf("%s: reported %v, stored %v", what, got, want)
		}
	}
	same("stages", p.report.Stages, stages)
	same("overdue", p.report.Overdue, overdue)
	if p.report.Cases != cases {
		t.Errorf("%d cases reported, %d stored", p.report.Cases, cases)
	}
	grounds := map[string]int{}
	traces := p.store.Refusals(zaoyang)
	for _, r := range traces {
		for _, code := range r.Codes {
			grounds[code]++
		}
	}
	same("grounds", p.report.Grounds, grounds)
	if len(traces) != p.report.Refused {
		t.Errorf("%d refusals reported, %d stored", p.report.Refused, len(traces))
	}
	used, taken := 0, 0
	for _, c := range p.store.Claims(zaoyang) {
		switch {
		case c.Kind == workflows.PlanSlot.Kind && c.State == "used":
			used++
		case c.Kind == workflows.PlanSlot.Kind:
			taken++
		}
	}
	for _, u := range p.report.Plans {
		used, taken = used-u.Used, taken-u.Reserved
		if u.Used+u.Reserved > u.Quota {
			t.Errorf("plan overdrawn: %+v", u)
		}
	}
	if used != 0 || taken != 0 {
		t.Errorf("places of the plan: %d used and %d taken more than reported", used, taken)
	}
}

func TestTwoEditions(t *testing.T) {
	p := large(t)
	edition := calendar.On(2026, 5, 11)
	seen := map[string]int{}
	for _, row := range p.rows(t) {
		c, err := p.engine.Refold(t.Context(), zaoyang, row.ID)
		if err != nil {
			t.Fatal(err)
		}
		for a := c.Trail(); a != nil; a = a.Prev {
			seen[a.Action]++
			if a.Action == workflows.FileTarget.Key && !a.On.Before(edition) || a.Action == workflows.PostNotice.Key && a.On.Before(edition) {
				t.Errorf("%s on %s", a.Action, a.On)
			}
			if worked, _ := calendar.National().Workday(a.On); !worked && a.Office != engine.ClockOffice {
				t.Errorf("%s on a day off, %s", a.Action, a.On)
			}
		}
	}
	for _, a := range []engine.Action{workflows.FileTarget, workflows.ConsentTarget, workflows.PostNotice, workflows.CloseNotice} {
		if seen[a.Key] == 0 {
			t.Errorf("no %s", a.Key)
		}
	}
}

func TestOnlyOnce(t *testing.T) {
	cfg := config(t, 3, 1)
	cfg.Years = 1
	p := playIn(t, "zaoyang", cfg)
	if _, err := Play(t.Context(), p.engine, cfg); !errors.Is(err, ErrPlayed) {
		t.Errorf("playing again: %v", err)
	}
}

func TestDaysThatAreNotPublished(t *testing.T) {
	var unknown *calendar.NotLoaded
	cfg := config(t, 5, 1)
	cfg.Years = 40
	if _, err := Play(t.Context(), newEngine(t, inmem.New(), "zaoyang"), cfg); !errors.As(err, &unknown) {
		t.Errorf("a play from before the calendar: %v", err)
	}
	// The year after the last one published is not known: what counts working
	// days into it is left lying, and the play goes on.
	cfg = config(t, 60, 1)
	cfg.Years, cfg.Until = 1, calendar.On(2026, 12, 31)
	if r := playIn(t, "zaoyang", cfg).report; r.Cases == 0 {
		t.Error("nothing was played")
	}
}

func TestText(t *testing.T) {
	var b strings.Builder
	if err := large(t).report.Text(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"■ 各阶段案件  cases by stage\n", "■ 目前逾期  overdue now\n", "已归档", "半年考察"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	// The English column begins in the same cell of every line of a section.
	_, section, _ := strings.Cut(text, "cases by stage\n")
	section, _, _ = strings.Cut(section, "\n\n")
	columns := map[int]bool{}
	for line := range strings.Lines(section) {
		i := strings.IndexFunc(line, func(r rune) bool { return 'a' <= r && r <= 'z' })
		ascii := 0
		for _, r := range line[:i] {
			if r < utf8.RuneSelf {
				ascii++
			}
		}
		columns[2*utf8.RuneCountInString(line[:i])-ascii] = true
	}
	if len(columns) != 1 {
		t.Errorf("English begins in the columns %v of\n%s", columns, section)
	}
}

func BenchmarkSQLite(b *testing.B) {
	for b.Loop() {
		s, err := store.Open(b.Context(), store.Config{SQLite: filepath.Join(b.TempDir(), "play.db")})
		if err != nil {
			b.Fatal(err)
		}
		r, err := Play(b.Context(), newEngine(b, s, "zaoyang"), config(b, 1200, 1))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(r.Acts), "acts")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

package simulate

import (
	"cmp"
	"maps"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	. "jinchu/workflows"
)

// tally counts what happens while it is played. Only the one who wakes the
// lives writes in it.
type tally struct {
	acts     map[string]int // by action
	ends     map[string]int // by action and what it led to
	refused  int
	upheld   int
	frauds   int
	givenUp  int // refused until nobody tried again
	articles map[engine.Article]int
	codes    map[string]*Count
	stays    map[string][]int // days by stage
	flags    map[string]int
	plans    []*register.Plan
	used     map[string]int // plan -> places used
}

func newTally() *tally {
	return &tally{acts: map[string]int{}, ends: map[string]int{}, articles: map[engine.Article]int{}, codes: map[string]*Count{},
		stays: map[string][]int{}, flags: map[string]int{}, used: map[string]int{}}
}

func (t *tally) plan(plans []*register.Plan) { t.plans = append(t.plans, plans...) }

// count counts the last step of a life and moves the life where it led.
func (t *tally) count(l *life) {
	switch {
	case l.refusal != nil:
		t.refuse(l.refusal)
	case l.answer != nil:
		t.accept(l, l.answer)
	}
}

func (t *tally) refuse(r *engine.Refused) {
	t.refused++
	for _, g := range r.Grounds {
		t.articles[g.Article]++
		if t.codes[g.Code] == nil {
			t.codes[g.Code] = &Count{Key: g.Code, Words: groundWords(g)}
		}
		t.codes[g.Code].Count++
	}
}

// groundWords say a ground without the particulars of one case.
func groundWords(g engine.Ground) engine.Words {
	switch g.Code {
	case "stage":
		return engine.Words{Zh: "不在相应阶段", En: "not in the stage"}
	case "role":
		return engine.Words{Zh: "不是有权办理的岗位", En: "not the post that may"}
	case "late":
		return engine.Words{Zh: "超期未说明理由", En: "late without a reason"}
	}
	return g.Words
}

func (t *tally) accept(l *life, a *engine.Answer) {
	t.acts[l.step.action]++
	t.ends[l.step.action+" "+a.Stage]++
	for _, f := range a.Flags {
		t.flags[f]++
	}
	if finding, given := l.step.fields[ObjectionFinding.Key]; given && finding != "cleared" {
		t.upheld++
	}
	if l.step.fields[RejectGround.Key] == "fraud" || l.step.fields[ObjectionFinding.Key] == "fraud" {
		t.frauds++
	}
	l.held, l.due = a.Held, a.Due
	if a.Stage == l.stage {
		return
	}
	on := cmp.Or(l.step.on, l.on)
	if l.stage != "" {
		t.stays[l.stage] = append(t.stays[l.stage], l.since.DaysUntil(on))
	}
	l.moveTo(a.Stage, on)
	if l.step.action == Approve.Key {
		t.used[l.held[PlanSlot.Kind]]++
	}
}

// lapsed counts what the calendar did to the filing of a life.
func (t *tally) lapsed(l *life, a *engine.Answer, on calendar.Date) {
	t.acts[LapseFiling.Key]++
	t.stays[l.stage] = append(t.stays[l.stage], l.since.DaysUntil(on))
	l.moveTo(a.Stage, on)
	l.due = a.Due
}

func (l *life) moveTo(key string, on calendar.Date) {
	stage, _ := l.play.workflow.Stage(key)
	l.stage, l.since, l.ended = key, on, stage.End
}

// waits are the days spent in each stage that was left.
func (t *tally) waits(w *engine.Workflow) []Wait {
	var out []Wait
	for _, s := range inOrder(w) {
		days := slices.Sorted(slices.Values(t.stays[s.Key]))
		if len(days) == 0 {
			continue
		}
		out = append(out, Wait{Key: s.Key, Words: s.Words, Count: len(days), Median: quantile(days, 50), P90: quantile(days, 90)})
	}
	return out
}

// quantile is the smallest of the sorted numbers that so many per cent do not
// exceed.
func quantile(sorted []int, percent int) int {
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// most sorts counts by number, the most first.
func most(counts []Count) []Count {
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key)) })
	return counts
}

func (t *tally) grounds() []Count {
	var out []Count
	for _, c := range t.codes {
		out = append(out, *c)
	}
	return most(out)
}

func (t *tally) byArticle() []Count {
	var out []Count
	for _, article := range slices.Sorted(maps.Keys(t.articles)) {
		out = append(out, Count{Key: string(article), Count: t.articles[article]})
	}
	return most(out)
}

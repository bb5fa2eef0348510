package draw

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"jinchu/engine"
)

// countLimit bounds how many courses are counted per end.
const countLimit = 100_000

// Lives lists the courses a case can take, one line each: every way from the
// opening to an end that passes no stage twice, sorted by end and then in the
// order of the sentences. Of each end the first n courses are written, with
// the number of all of them, counted up to 100,000. Acts that leave the stage
// as it is are not shown; acts between the same two stages share a line.
func Lives(w *engine.Workflow, n int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s · 办理历程\n\n%s: the courses a case can take\n", w.Words.Zh, upper(w.Words.En))
	l := &lives{w: w, ways: ways(w), keep: n}
	for _, end := range orderedStages(w) {
		if !end.End {
			continue
		}
		l.walkTo(end.Key)
		more := ""
		switch {
		case l.count >= countLimit:
			more = fmt.Sprintf("超过 %d 种,列出 %d 种 · more than %d, %d shown", countLimit, len(l.found), countLimit, len(l.found))
		case l.count > len(l.found):
			more = fmt.Sprintf("共 %d 种,列出 %d 种 · %d in all, %d shown", l.count, len(l.found), l.count, len(l.found))
		default:
			more = fmt.Sprintf("共 %d 种 · %d in all", l.count, l.count)
		}
		fmt.Fprintf(&b, "\n## %s · %s\n\n%s\n\n", end.Words.Zh, end.Words.En, more)
		for i, line := range l.found {
			fmt.Fprintf(&b, "%d. %s\n", i+1, line)
		}
	}
	return b.Bytes()
}

// way is a step of the stage graph with the acts that make it.
type way struct {
	to   engine.Stage
	acts []string
}

// ways are the steps out of each stage in the order of the sentences.
func ways(w *engine.Workflow) map[string][]way {
	out := map[string][]way{}
	for i := range w.Rules {
		r := &w.Rules[i]
		if r.Stay {
			continue
		}
		for _, from := range r.From {
			list := out[from.Key]
			j := slices.IndexFunc(list, func(x way) bool { return x.to.Key == r.To.Key })
			if j < 0 {
				j, list = len(list), append(list, way{to: r.To})
			}
			if !slices.Contains(list[j].acts, r.Action.Words.Zh) {
				list[j].acts = append(list[j].acts, r.Action.Words.Zh)
			}
			out[from.Key] = list
		}
	}
	return out
}

type lives struct {
	w     *engine.Workflow
	ways  map[string][]way
	keep  int
	end   string
	leads map[string]bool // stages from which the end can be reached
	count int
	found []string
}

func (l *lives) walkTo(end string) {
	l.end, l.count, l.found = end, 0, nil
	l.leads = map[string]bool{end: true}
	for grown := true; grown; {
		grown = false
		for from, list := range l.ways {
			if !l.leads[from] && slices.ContainsFunc(list, func(x way) bool { return l.leads[x.to.Key] }) {
				l.leads[from], grown = true, true
			}
		}
	}
	l.walk(engine.New.Key, map[string]bool{}, nil)
}

func (l *lives) walk(at string, seen map[string]bool, line []string) {
	if at == l.end {
		l.count++
		if len(l.found) < l.keep {
			l.found = append(l.found, strings.Join(line, " "))
		}
		return
	}
	seen[at] = true
	for _, x := range l.ways[at] {
		if l.count >= countLimit {
			break
		}
		if !seen[x.to.Key] && l.leads[x.to.Key] {
			step := strings.Join(x.acts, "/") + " → **" + x.to.Words.Zh + "**"
			l.walk(x.to.Key, seen, append(line[:len(line):len(line)], step))
		}
	}
	delete(seen, at)
}

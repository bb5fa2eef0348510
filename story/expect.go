package story

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"jinchu/calendar"
	"jinchu/engine"
)

// expectCase is a line that looks at a case.
type expectCase struct {
	name   string
	at     Pos
	what   string
	key    string // action, field or kind
	value  token
	other  string // another case
	who    officeName
	ground refusal
}

func (e expectCase) run(r *runner, _ *Line) error {
	c, err := r.caseOf(e.name)
	if err != nil {
		return err
	}
	if e.what == "offers" || e.what == "blocks" {
		return e.outlook(r, c)
	}
	s, err := r.driver.Look(r.ctx, c.id, r.now)
	if err != nil {
		return err
	}
	if e.what == "fact" {
		return e.fact(r, c, s)
	}
	want, got := e.value.text, ""
	switch e.what {
	case "stage":
		got = s.Stage
	case "events":
		got = fmt.Sprint(s.Seq)
	case "round":
		got = fmt.Sprint(s.Round)
	case "ended":
		got = yesNo(s.Ended)
	case "overdue":
		return e.overdue(s, calendar.DateOf(r.now))
	case "due":
		got = dueOn(s, e.key)
	case "holds":
		got = r.names.inKey(held(s, e.key, want))
	case "flag":
		return e.flag(c)
	case "serial":
		if e.other != "" {
			return e.differs(r, s)
		}
		got = held(s, engine.SerialKind, want)
	}
	if got != want {
		return &mismatch{want: strings.TrimSpace(e.name + " " + e.what + " " + e.key + " " + want), got: got}
	}
	return nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// held answers with the key of a claim, or with yes or no where that is what
// is asked.
func held(s *State, kind, want string) string {
	key, ok := s.Held[kind]
	switch {
	case want == "yes" || want == "no":
		return yesNo(ok)
	case !ok:
		return "none"
	}
	return key
}

func dueOn(s *State, action string) string {
	for _, d := range s.Due {
		if d.Action == action {
			return d.On.String()
		}
	}
	return "none"
}

func (e expectCase) overdue(s *State, today calendar.Date) error {
	var late []string
	for _, d := range s.Due {
		if d.Overdue(today) && (e.key == "" || e.key == d.Action) {
			late = append(late, fmt.Sprintf("%s was due %s", d.Action, d.On))
		}
	}
	if (len(late) > 0) == (e.value.text == "yes") {
		return nil
	}
	return &mismatch{want: fmt.Sprintf("%s overdue %s %s on %s", e.name, e.value.text, e.key, today),
		got: fmt.Sprintf("overdue: [%s]; open deadlines: %v", strings.Join(late, ", "), s.Due)}
}

func (e expectCase) flag(c *caseName) error {
	want := e.value.text
	if c.last == nil {
		return fmt.Errorf("nothing was done in %s so far", e.name)
	}
	if want == "none" && len(c.last.Flags) == 0 || slices.Contains(c.last.Flags, want) {
		return nil
	}
	return &mismatch{want: "flag " + want, got: fmt.Sprintf("flags %v", c.last.Flags)}
}

func (e expectCase) differs(r *runner, s *State) error {
	other, err := r.caseOf(e.other)
	if err != nil {
		return err
	}
	t, err := r.driver.Look(r.ctx, other.id, r.now)
	if err != nil {
		return err
	}
	a, b := held(s, engine.SerialKind, ""), held(t, engine.SerialKind, "")
	if a != "none" && b != "none" && a != b {
		return nil
	}
	return &mismatch{want: "two different serials", got: fmt.Sprintf("%s: %s, %s: %s", e.name, a, e.other, b)}
}

// fact compares a value that the case holds. A number stands for the length
// of a list as well.
func (e expectCase) fact(r *runner, c *caseName, s *State) error {
	w, _ := r.driver.Workflow(c.workflow)
	f, ok := w.Field(e.key)
	if !ok {
		return &Error{e.at, fmt.Sprintf("no act of %s takes a field %q", w.Key, e.key)}
	}
	raw, known := s.Facts[e.key]
	if e.value.text == "none" || !known {
		if known == (e.value.text != "none") {
			return nil
		}
		return &mismatch{want: "fact " + e.key + " " + e.value.text, got: orNone(raw)}
	}
	differs := &mismatch{want: "fact " + e.key + " " + e.value.text, got: r.readable(raw)}
	if n, counted := count(e.value.text, raw); counted {
		if n || lastIs(json.RawMessage(e.value.text), raw) {
			return nil
		}
		return differs
	}
	want, err := r.value(f, e.value.text, c)
	if err != nil {
		return &Error{e.value.pos, err.Error()}
	}
	if sameJSON(want, raw) || f.Repeated && lastIs(want, raw) {
		return nil
	}
	return differs
}

func orNone(raw json.RawMessage) string {
	if raw == nil {
		return "none"
	}
	return string(raw)
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func lastIs(want, list json.RawMessage) bool {
	var values []json.RawMessage
	return json.Unmarshal(list, &values) == nil && len(values) > 0 && sameJSON(want, values[len(values)-1])
}

// count compares a number with the length of a list; counted tells that the
// one is a number and the other a list.
func count(text string, raw json.RawMessage) (same, counted bool) {
	n, err := strconv.Atoi(text)
	var values []json.RawMessage
	if err != nil || json.Unmarshal(raw, &values) != nil {
		return false, false
	}
	return len(values) == n, true
}

// readable writes the story's names in place of identifiers.
func (r *runner) readable(raw json.RawMessage) string {
	text := string(raw)
	for _, p := range r.names.people {
		text = strings.ReplaceAll(text, string(p.ID), r.names.nameOf(string(p.ID)))
	}
	return text
}

func (e expectCase) outlook(r *runner, c *caseName) error {
	office, err := r.names.office(e.who)
	if err != nil {
		return err
	}
	w, _ := r.driver.Workflow(c.workflow)
	if _, ok := w.Action(e.key); !ok {
		return &Error{e.at, fmt.Sprintf("%s has no action %q; actions: %s", w.Key, e.key, actionKeys(w))}
	}
	v, err := r.driver.Outlook(r.ctx, office.ID, c.id, r.now)
	if err != nil {
		return err
	}
	grounds, blocked := v.Blocked[e.key]
	if e.what == "offers" {
		if slices.Contains(v.Offered, e.key) {
			return nil
		}
		return &mismatch{want: "that " + e.key + " is offered", got: outlookSays(v, grounds)}
	}
	if e.ground == (refusal{}) {
		if !slices.Contains(v.Offered, e.key) {
			return nil
		}
	} else if blocked && allMet([]refusal{e.ground}, grounds) {
		return nil
	}
	o := outcome{refusals: []refusal{e.ground}}
	return &mismatch{want: "that " + e.key + " is blocked with " + o.String(), got: outlookSays(v, grounds)}
}

func outlookSays(v *View, grounds []engine.Ground) string {
	if len(grounds) > 0 {
		return describe(nil, &engine.Refused{Grounds: grounds})
	}
	return "offered: " + strings.Join(v.Offered, ", ")
}

// expectPerson is a line that looks at a person in the register.
type expectPerson struct {
	name  string
	what  string
	value token
}

func (e expectPerson) run(r *runner, _ *Line) error {
	known := r.names.people[e.name]
	if known == nil {
		return fmt.Errorf("no person is named %q", e.name)
	}
	p, err := r.driver.Person(r.ctx, known.ID, r.now)
	if err != nil {
		return err
	}
	var got string
	switch e.what {
	case "standing":
		got = string(p.Standing)
	case "since":
		got = dateOrNone(p.Since)
	case "party-age":
		got = dateOrNone(p.PartyAge)
	case "in":
		got = r.names.nameOf(string(p.Org))
	case "barred-until":
		bar, _ := p.BarredOn(calendar.DateOf(r.now))
		got = dateOrNone(bar.Until)
	}
	if got != e.value.text {
		return &mismatch{want: e.name + " " + e.what + " " + e.value.text, got: got}
	}
	return nil
}

func dateOrNone(d calendar.Date) string {
	if d.IsZero() {
		return "none"
	}
	return d.String()
}

package story

import (
	"encoding/json"
	"fmt"
	"slices"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
)

// fastForward is a line that plays the plain way to a stage: every act as
// early as it may be, everything in order, nothing refused.
type fastForward struct {
	name  string
	stage string
	at    Pos
	by    calendar.Date // the latest day, zero for any
	on    calendar.Date // the day of the last act, zero for any
}

// way is a case on the plain way.
type way struct {
	fastForward
	r     *runner
	c     *caseName
	state *State
	day   calendar.Date // of the act at hand
}

// maxActs bounds the plain way; the longest has some sixty.
const maxActs = 200

func (s fastForward) run(r *runner, _ *Line) error {
	c, err := r.caseOf(s.name)
	if err != nil {
		return err
	}
	w := &way{fastForward: s, r: r, c: c}
	workflow, _ := r.driver.Workflow(c.workflow)
	if _, ok := workflow.Stage(s.stage); !ok {
		return &Error{s.at, fmt.Sprintf("%s has no stage %q", c.workflow, s.stage)}
	}
	if err := w.look(); err != nil {
		return err
	}
	for acts := 0; w.state.Stage != s.stage; acts++ {
		if err := w.leave(); err != nil {
			return err
		}
		if acts > maxActs {
			return &Error{s.at, fmt.Sprintf("the plain way does not lead from %s to %s", w.state.Stage, s.stage)}
		}
	}
	if !s.by.IsZero() && c.lastDay.After(s.by) {
		return &mismatch{want: fmt.Sprintf("%s by %s", s.stage, s.by), got: c.lastDay.String(), fatal: true}
	}
	return nil
}

func (w *way) look() error {
	var err error
	w.state, err = w.r.driver.Look(w.r.ctx, w.c.id, w.r.now)
	return err
}

// leave plays the steps of the present stage until one leads out of it.
func (w *way) leave() error {
	from := w.state.Stage
	for _, st := range plainWay[from] {
		for st.still == nil || st.still(w) {
			if err := w.do(st); err != nil {
				return err
			}
			if w.state.Stage != from {
				return nil
			}
			if st.still == nil {
				break
			}
		}
	}
	return &Error{w.at, fmt.Sprintf("the plain way does not lead on from %s to %s: write the acts", from, w.stage)}
}

// do plays one step.
func (w *way) do(st step) error {
	w.day = w.c.lastDay.AddDays(1)
	if st.when != nil {
		w.day = calendar.Max(w.c.lastDay, st.when(w))
	}
	if st.to == w.stage && !w.on.IsZero() {
		if w.day.After(w.on) {
			return &mismatch{want: fmt.Sprintf("%s on %s", w.stage, w.on), got: "possible from " + w.day.String(), fatal: true}
		}
		w.day = w.on
	}
	workflow, _ := w.r.driver.Workflow(w.c.workflow)
	if _, ok := workflow.Action(st.action); !ok {
		return &Error{w.at, fmt.Sprintf("the plain way needs the action %q, which %s does not have", st.action, workflow.Key)}
	}
	office, err := st.who(w)
	if err != nil {
		return err
	}
	m := engine.Move{Case: w.c.id, Action: st.action, Fields: map[string]any{}}
	for key, give := range st.gives {
		text, err := give(w)
		if err != nil {
			return err
		}
		field, _ := workflow.Field(key)
		if m.Fields[key], err = w.r.value(field, text, w.c); err != nil {
			return err
		}
	}
	w.r.now = w.day.Start().Add(nineOClock)
	answer, err := w.r.driver.Act(w.r.ctx, office.ID, m, w.r.now)
	if err != nil {
		if kindOf(err) == broken {
			return err
		}
		return &mismatch{want: fmt.Sprintf("%s on %s on the plain way to %s", st.action, w.day, w.stage), got: describe(nil, err), fatal: true}
	}
	w.c.last, w.c.lastDay = answer, w.day
	return w.look()
}

// param is a number of the profile on the day at hand.
func (w *way) param(key string) int { return w.r.driver.Param(key, w.day) }

// last is the day of the last act of that name, zero for none.
func (w *way) last(action string) calendar.Date {
	var on calendar.Date
	for _, d := range w.state.Trail {
		if d.Action == action {
			on = d.On
		}
	}
	return on
}

// has reports whether the case holds a value of the field.
func (w *way) has(field string) bool { _, ok := w.state.Facts[field]; return ok }

// date is a value of the case that is a date or a moment.
func (w *way) date(field string) calendar.Date {
	var text string
	if json.Unmarshal(w.state.Facts[field], &text) != nil || len(text) < 10 {
		return calendar.Date{}
	}
	d, _ := calendar.Parse(text[:10])
	return d
}

// voters are the members of the branch with a vote and under no sanction who
// are not close kin of the person, in order.
func (w *way) voters() ([]register.PersonID, error) {
	members, err := w.r.driver.Members(w.r.ctx, w.state.Org, w.r.now)
	if err != nil {
		return nil, err
	}
	var out []register.PersonID
	for _, p := range members {
		if p.HasVote() && p.Sanction == register.NoSanction && !w.r.names.closeKin(p.ID, w.c.person) {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// members gives n names of the branch's voters.
func members(n int) give {
	return func(w *way) (string, error) {
		ids, err := w.voters()
		if err != nil {
			return "", err
		}
		if len(ids) < n {
			return "", &Error{w.at, fmt.Sprintf("the plain way needs %d full members in the branch who are not kin of the person: add a line members", n)}
		}
		list := ""
		for i, id := range ids[:n] {
			if i > 0 {
				list += ","
			}
			list += w.r.names.nameOf(string(id))
		}
		return list, nil
	}
}

// eligible counts those who should attend, by the roster of the filing.
func (w *way) eligible() (string, error) {
	var roster engine.Roster
	if err := json.Unmarshal(w.state.Facts["roster"], &roster); err != nil {
		return "", &Error{w.at, "the case holds no roster: " + err.Error()}
	}
	n := 0
	for _, seat := range roster {
		if seat.Vote && (w.param("kin.recused_leave_eligible") == 0 || !w.r.names.closeKin(seat.Person, w.c.person)) {
			n++
		}
	}
	return fmt.Sprint(n), nil
}

// who finds the office that does a step: one the story declared, or else one
// made for it.
type who func(w *way) (*register.Office, error)

// of is an office of one of the posts in an organization. The story's own
// come first; where there is none, somebody is appointed to the first post.
func of(org func(w *way) *register.Org, posts ...register.Post) who {
	return func(w *way) (*register.Office, error) {
		o := org(w)
		if o == nil {
			return nil, &Error{w.at, "the plain way finds no organization for " + string(posts[0])}
		}
		if found := w.r.names.officer(o.ID, posts, w.day); found != nil {
			return found, nil
		}
		w.r.extras++
		n := &newPerson{name: fmt.Sprintf("extra-%d", w.r.extras), post: posts[0],
			person: register.Person{Standing: register.Full, Sex: "1", Birth: calendar.On(1975, 6, 1)}}
		p, err := n.build(w.r.names)
		if err != nil {
			return nil, err
		}
		w.r.names.people[n.name] = p
		office := n.appointTo(w.r.names, o.ID)
		made := *office
		return office, w.r.driver.Register(w.r.ctx, []register.Entity{p, &made}, w.day, w.day.Start())
	}
}

// officer finds an office held on a day, in the order of the names.
func (n *names) officer(org register.OrgID, posts []register.Post, on calendar.Date) *register.Office {
	var holders []string
	for name := range n.offices {
		holders = append(holders, name)
	}
	slices.Sort(holders)
	for _, name := range holders {
		for _, o := range n.offices[name] {
			if o.Org == org && slices.Contains(posts, o.Post) && o.Held(on) {
				return o
			}
		}
	}
	return nil
}

// org is an organization of the story by its identifier.
func (n *names) org(id register.OrgID) *register.Org {
	for _, o := range n.orgs {
		if o.ID == id {
			return o
		}
	}
	return nil
}

// above is the nearest organization at or above the case's branch for which
// want holds, nil for none.
func (w *way) above(want func(*register.Org) bool) *register.Org {
	for o := w.r.names.org(w.state.Org); o != nil; o = w.r.names.org(o.Parent) {
		if want(o) {
			return o
		}
	}
	return nil
}

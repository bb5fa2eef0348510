package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// WorklistQuery selects open cases in the actor's reach. Zero fields do not
// select.
type WorklistQuery struct {
	Workflow string
	Stage    string
	Org      register.OrgID // this organization and all below it
	All      bool           // also those in which the actor cannot act now
	DueBy    calendar.Date  // due on or before this day
	After    Cursor         // exclusive
	Limit    int            // 1 to 200; 0 is 50
}

// Line is a row as a list shows it.
type Line struct {
	Row
	PersonName string
	OrgName    string
}

// Page is a part of a list. Next is where the next part begins, nil at the
// end; a page may hold fewer lines than asked for and still have a next.
type Page struct {
	Lines []Line
	Next  *Cursor
}

// Worklist lists the open cases in the actor's reach by (due, id): those in a
// stage in which the actor's post may act today, or all of them.
func (e *Engine) Worklist(ctx context.Context, actor Actor, q WorklistQuery, now time.Time) (*Page, error) {
	r, err := e.reader(ctx, actor, now)
	if err != nil {
		return nil, err
	}
	path, err := r.path(q.Org)
	if err != nil || r.office.Post == register.Administrator {
		return &Page{}, err
	}
	query := Query{County: actor.County, Path: path, Workflow: q.Workflow, Open: true, DueBy: q.DueBy, After: q.After}
	hand := e.hand(r.office.Post, r.today)
	if !q.All || r.asked() {
		query.Stages = hand.stages(q.Stage)
		if len(query.Stages) == 0 {
			return &Page{}, nil
		}
	} else if q.Stage != "" {
		query.Stages = []string{q.Stage}
	}
	return r.list(ctx, query, q.Limit, func(row *Row) (bool, error) {
		if !q.All && !r.holds(hand, *row) {
			return false, nil
		}
		return e.shows(ctx, r, row)
	})
}

// Overdue lists the open cases in the actor's reach with a deadline that has
// passed before today.
func (e *Engine) Overdue(ctx context.Context, actor Actor, q WorklistQuery, now time.Time) (*Page, error) {
	q.All, q.DueBy = true, calendar.DateOf(now).AddDays(-1)
	return e.Worklist(ctx, actor, q, now)
}

// hand is what a post can act in: the roles it may act as, by workflow and
// stage.
type hand map[handKey][]Role

type handKey struct{ workflow, stage string }

func (e *Engine) hand(post register.Post, today calendar.Date) hand {
	h := hand{}
	for _, w := range e.workflows {
		for i := range w.Rules {
			r := &w.Rules[i]
			if !r.Role.holds(post) || !r.InForce(today) {
				continue
			}
			for _, s := range r.From {
				k := handKey{w.Key, s.Key}
				h[k] = append(h[k], r.Role)
			}
		}
	}
	return h
}

// stages are the stages in hand, or the one asked for if it is.
func (h hand) stages(only string) []string {
	var out []string
	for k := range h {
		if (only == "" || only == k.stage) && k.stage != New.Key && !slices.Contains(out, k.stage) {
			out = append(out, k.stage)
		}
	}
	slices.Sort(out)
	return out
}

// holds reports whether the actor may act in the case as one of the roles.
func (r *reader) holds(h hand, row Row) bool {
	return slices.ContainsFunc(h[handKey{row.Workflow, row.Stage}], func(role Role) bool {
		switch role.Scope {
		case OwnCase:
			return r.office.Org == row.Org
		case Above:
			return row.Path == r.org.Path || strings.HasPrefix(row.Path, r.org.Path+"/")
		}
		return true
	})
}

const (
	pageDefault = 50
	pageMost    = 200
	scanMost    = 2000 // rows looked at for one page
)

// list gathers the rows to keep into a page. What is not kept leaves no gap in
// it and no cursor behind: the next page begins after the last line, and there
// is one only where another row is kept. It looks at a bounded number of rows;
// a page cut short by that bound says where to go on.
func (r *reader) list(ctx context.Context, q Query, limit int, keep func(*Row) (bool, error)) (*Page, error) {
	if limit < 1 {
		limit = pageDefault
	}
	limit = min(limit, pageMost)
	q.Limit = limit + 1
	p, last := &Page{}, Cursor{}
	for scanned := 0; scanned < scanMost; scanned += q.Limit {
		rows, err := r.store.Rows(ctx, &q)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			q.After = Cursor{DueOn: row.DueOn, ID: row.ID}
			switch ok, err := keep(&row); {
			case err != nil:
				return nil, err
			case ok && len(p.Lines) == limit:
				p.Next = &last
				return p, r.view.Err()
			case ok:
				p.Lines, last = append(p.Lines, r.line(row)), q.After
			}
		}
		if len(rows) < q.Limit {
			return p, r.view.Err()
		}
	}
	p.Next = &q.After
	return p, r.view.Err()
}

// line adds the names to a row.
func (r *reader) line(row Row) Line {
	l := Line{Row: row}
	if p, ok := r.view.Person(row.Person); ok {
		l.PersonName = p.Name
	}
	if o, ok := r.view.Org(row.Org); ok {
		l.OrgName = o.Name
	}
	return l
}

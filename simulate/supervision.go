package simulate

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"jinchu/calendar"
	"jinchu/engine"
	"jinchu/register"
	"jinchu/supervise"
)

// supervision is what is known of the cases that the calendar opens under
// identifiers of chance. Nothing is decided by these: what such a case is
// about says which one it is.
type supervision struct {
	subjects map[engine.CaseID]string // what a case taken up is about
	reported register.QuarterID       // the last quarter with a circular
	assessed int                      // the last year assessed
}

func newSupervision(from calendar.Date) supervision {
	return supervision{subjects: map[engine.CaseID]string{}, reported: register.QuarterOf(from).Before(), assessed: from.Year() - 1}
}

// calendarSupervises does what the calendar has to do for supervision on a
// day, in the order of the timetable, and hands what is new to those whom it
// concerns.
func (p *play) calendarSupervises(ctx context.Context, today calendar.Date) error {
	now := today.Start().Add(50 * time.Minute)
	if p.sweeps(today) {
		failed, err := p.job(ctx, supervise.RaiseFailedChecks, now)
		if err != nil {
			return err
		}
		raised, err := supervise.Sweep(ctx, p.engine, p.config.County, now, now, nil)
		if err != nil {
			return err
		}
		if failed+raised > 0 {
			if err := p.takeUpOrders(ctx, today); err != nil {
				return err
			}
		}
	}
	if p.workday(today) != today {
		return nil
	}
	if err := p.publishes(ctx, today, now.Add(5*time.Hour+20*time.Minute)); err != nil {
		return err
	}
	if today.Month() != today.AddDays(-1).Month() || p.workday(calendar.On(today.Year(), today.Month(), 1)) == today {
		p.orderByHand(today)
	}
	return nil
}

// job is a job of the calendar whose slot is now.
func (p *play) job(ctx context.Context, do func(context.Context, *engine.Engine, register.CountyID, time.Time, time.Time) (int, error), now time.Time) (int, error) {
	return do(ctx, p.engine, p.config.County, now, now)
}

// sweeps tells on which days what is overdue is raised.
func (p *play) sweeps(today calendar.Date) bool { return true }

// publishes issues the lists and circulars that are to be issued on a day, and
// opens the assessments of the year that is over.
func (p *play) publishes(ctx context.Context, today calendar.Date, now time.Time) error {
	s := &p.supervision
	if today == p.workday(calendar.On(today.Year(), today.Month(), 1)) && today.DaysUntil(p.from) < 0 {
		if _, err := p.job(ctx, supervise.IssueMonthly, now); err != nil {
			return err
		}
	}
	if q := register.QuarterOf(today).Before(); q != s.reported && !q.Last().Before(p.from) {
		issued, err := p.job(ctx, supervise.IssueQuarterly, now)
		if err != nil {
			return err
		}
		if issued > 0 {
			s.reported = q
		}
	}
	if today.Year()-1 > s.assessed {
		opened, err := p.job(ctx, supervise.OpenAssessments, now)
		if err != nil {
			return err
		}
		if opened > 0 {
			s.assessed = today.Year() - 1
			return p.takeUpAssessments(ctx, today)
		}
	}
	return nil
}

// takeUp gathers the open cases that a query selects and nobody has taken up
// yet, by what they are about.
func (p *play) takeUp(ctx context.Context, q engine.Query, about func(*engine.Case) string) (map[string]*engine.Case, error) {
	fresh := map[string]*engine.Case{}
	q.County, q.Open = p.config.County, true
	err := p.engine.Each(ctx, q, func(c *engine.Case) error {
		if _, known := p.supervision.subjects[c.ID]; known {
			return nil
		}
		subject := about(c)
		if fresh[subject] != nil {
			return fmt.Errorf("two cases about %s: %s and %s", subject, c.ID, fresh[subject].ID)
		}
		fresh[subject], p.supervision.subjects[c.ID] = c, subject
		return nil
	})
	return fresh, err
}

// subject says what a case is about.
func (p *play) subject(id engine.CaseID) string {
	if l := p.byCase[id]; l != nil {
		return l.key
	}
	return cmp.Or(p.supervision.subjects[id], string(id))
}

// affair is a course that begins on a working day. Its chances follow from
// what it is about.
func (p *play) affair(key string, on calendar.Date) course {
	h := fnv.New64a()
	h.Write([]byte(key))
	c := course{key: key, minute: int(h.Sum64() % 10), play: p, rand: rand.New(rand.NewPCG(p.config.Seed, h.Sum64())), on: p.workday(on)}
	c.caseID = caseID(c.rand)
	return c
}

// begins lets an affair take its course.
func (p *play) begins(c *course, live func()) {
	c.count = func() {
		switch {
		case c.refusal != nil:
			p.tally.refuse(c.refusal)
		case c.answer != nil:
			p.tally.acts[c.step.action]++
		}
	}
	c.begin(live)
	p.affairs = append(p.affairs, c)
	p.wake(c)
}

// officesOf are those of an organization who answer for it.
func (p *play) officesOf(org register.OrgID) []register.OfficeID {
	if i := slices.IndexFunc(p.county.committees, func(c *committee) bool { return c.org.ID == org }); i >= 0 {
		return p.county.committees[i].officers
	}
	if b := p.branchOf(org); b != nil {
		return []register.OfficeID{b.secretary, b.second}
	}
	for _, o := range p.county.offices {
		if o.Org == org && o.Post == register.DepartmentOfficer {
			return []register.OfficeID{o.ID}
		}
	}
	return p.county.reviewers
}

// superiorsOf are those above an organization; of the county its head.
func (p *play) superiorsOf(org register.OrgID) []register.OfficeID {
	if b := p.branchOf(org); b != nil {
		return b.above.officers
	}
	if org == register.OrgID(p.config.County) {
		return p.county.heads
	}
	return p.county.reviewers
}

// branchOf finds a branch, nil where the organization is none.
func (p *play) branchOf(org register.OrgID) *branch {
	return p.county.byOrg[org]
}

// numbered are problems with numbers for keys.
func numbered(texts ...string) []engine.Item {
	out := make([]engine.Item, len(texts))
	for i, text := range texts {
		out[i] = engine.Item{Key: strconv.Itoa(i + 1), Text: text}
	}
	return out
}

// retold are the same items with other texts.
func retold(items []engine.Item, text string) []engine.Item {
	out := slices.Clone(items)
	for i := range out {
		out[i].Text = text
	}
	return out
}

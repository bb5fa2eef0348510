package workflows

import (
	"fmt"
	"slices"
	"strconv"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// A top-up point (补抽时点) is two acts. The first puts on record what was in
// the frame and what is drawn; only then are the checks opened. The second
// says that every check drawn has its case, and it is the one that approvals
// wait for: between the two a drawn case has no check yet that could stop it.

// LastOpened is held by the quarter: the last point whose checks are all open,
// as "2026Q3/2". One point gives way to the next.
var LastOpened = &Claim{Kind: "point-opened", Cite: "抽查监督", Words: Words{Zh: "抽查已开齐的补抽时点", En: "the last point whose checks are open"}, Fields: []*Field{PointNumber.Field},
	Pick: func(s *Situation) (string, []Words) {
		name, _ := QuarterName.Held(s.Case)
		n, _ := PointNumber.Given(s)
		return name + "/" + strconv.FormatInt(n, 10), nil
	}}

// PointsOpened is how many points of a quarter have all their checks open.
func PointsOpened(v View, q register.QuarterID) int {
	last := 0
	for _, key := range v.Held(LastOpened.Kind, string(q)+"/") {
		n, _ := strconv.Atoi(key[len(q)+1:]) // Pick has written it
		last = max(last, n)
	}
	return last
}

// Conditions of the points of a quarter.
var (
	PointIsNext = Cond("point-is-next", "是下一个补抽时点,且已过该日24时", "it is the next top-up point, and its day is over").Cite("抽查监督").
			Reading(PointNumber, NextPointOn).OnInput().Test(func(s *Situation) []Words {
		n, _ := PointNumber.Given(s)
		q := quarterOf(s)
		if q == nil || int(n) != len(q.Drawn)+1 || int(n) > len(q.Points) {
			return Missing(fmt.Sprintf("时点 %d 不是下一个", n), fmt.Sprintf("point %d is not the next one", n))
		}
		if day := q.Points[n-1]; !s.Today.After(day) {
			return Missing("时点为 "+day.String(), "the point is "+day.String())
		}
		return nil
	})

	NothingPending = Cond("nothing-pending", "最后一个时点前,所有备案均已登记召开或撤回", "by the last point every filing is held or withdrawn").Cite("抽查监督").
			Reading(PointNumber).OnInput().Test(func(s *Situation) []Words {
		q := quarterOf(s)
		if n, _ := PointNumber.Given(s); q == nil || int(n) < len(q.Points) {
			return nil
		}
		pending := 0
		for _, f := range s.View.FilingsOf(q.ID) {
			if f.Standing() {
				pending++
			}
		}
		if pending == 0 {
			return nil
		}
		return Missing(fmt.Sprintf("还有 %d 件备案未登记", pending), fmt.Sprintf("%d filings are still standing", pending))
	})

	IsLastPoint = Cond("last-point", "是最后一个补抽时点", "it is the last top-up point").Cite("抽查监督").Reading(PointNumber).
			Holds(func(s *Situation) bool {
			n, _ := PointNumber.Given(s)
			q := quarterOf(s)
			return q != nil && int(n) == len(q.Points)
		})

	// PointIsDrawn keeps the second act behind the first, point by point.
	PointIsDrawn = Cond("point-is-drawn", "该补抽时点的抽样结果已登记,此前各时点的抽查均已开齐", "what is drawn at the point is on record, and the checks of those before it are opened").Cite("抽查监督").
			Reading(PointNumber, SelectionDigest).OnInput().Test(func(s *Situation) []Words {
		n, _ := PointNumber.Given(s)
		q := quarterOf(s)
		if q == nil || n < 1 || int(n) > len(q.Drawn) {
			return Missing(fmt.Sprintf("时点 %d 尚未登记", n), fmt.Sprintf("point %d is not on record", n))
		}
		if next := PointsOpened(s.View, q.ID) + 1; int(n) != next {
			return Missing(fmt.Sprintf("时点 %d 的抽查已开齐,或应先开齐时点 %d", n, next), fmt.Sprintf("the checks of point %d are opened, or those of point %d come first", n, next))
		}
		return nil
	})

	// AllPointsOpened keeps a quarter from being closed over a check that was
	// drawn and never opened.
	AllPointsOpened = Cond("all-points-opened", "各补抽时点的抽查均已开齐", "the checks of every point are opened").Cite("抽查监督").
			Reading(QuarterName).Test(func(s *Situation) []Words {
		q := quarterOf(s)
		if q == nil {
			return nil
		}
		if n := PointsOpened(s.View, q.ID) + 1; n <= len(q.Points) {
			return Missing(fmt.Sprintf("时点 %d 的抽查尚未开齐", n), fmt.Sprintf("the checks of point %d are not all opened", n))
		}
		return nil
	})
)

// addPoint adds what was drawn at a point to the register's record.
func addPoint(s *Situation) []register.Entity {
	q := quarterOf(s)
	if q == nil {
		return nil
	}
	next := *q
	d := register.Drawn{On: s.On}
	d.Frame, _ = FrameDigest.Given(s)
	d.Selection, _ = SelectionDigest.Given(s)
	next.Drawn = append(slices.Clone(q.Drawn), d)
	return []register.Entity{&next}
}

var (
	pointRecord = Effect{Key: "point-drawn", Words: Words{Zh: "登记补抽结果摘要", En: "the point is on record"}, Make: addPoint}

	recordNextPoint = Computing(NextPointOn, func(s *Situation) (calendar.Date, bool) {
		n, _ := PointNumber.Given(s)
		q := quarterOf(s)
		if q == nil || int(n) >= len(q.Points) {
			return calendar.Date{}, false
		}
		return q.Points[n], true
	})
)

package workflows

import (
	"cmp"
	"slices"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// openRecord makes the register's record of a quarter that is opened.
func openRecord(s *Situation) []register.Entity {
	name, _ := QuarterName.Given(s)
	id := register.QuarterID(name)
	q := &register.Quarter{ID: id, Case: string(s.Case.ID), Quota: percentRatio(SpotCheckPercent.At(s)), Online: percentRatio(OnlinePercent.At(s)),
		Methods:      weights("attend", AttendWeight.At(s), "visit", VisitWeight.At(s), "phone", PhoneWeight.At(s)),
		TopUpMethods: weights("visit", TopUpVisitWeight.At(s), "phone", TopUpPhoneWeight.At(s)),
		LeadDays:     FilingLeadDays.At(s), Strata: strata(s, id)}
	items, _ := Commitments.Given(s)
	for _, it := range items {
		q.Parties = append(q.Parties, register.Party{Name: it.Key, Commitment: it.Text})
	}
	slices.SortFunc(q.Parties, func(a, b register.Party) int { return cmp.Compare(a.Name, b.Name) })
	for m := range 3 {
		end := id.First().AddMonths(m + 1).AddDays(-1)
		if !end.Before(s.Today) { // a county may begin in the middle of a quarter
			q.Points = append(q.Points, end)
		}
	}
	q.Points = append(q.Points, id.Last().AddDays(ClosingDays.At(s)))
	return []register.Entity{q}
}

func percentRatio(p int) register.Ratio {
	n, d := p, 100
	for _, f := range []int{2, 2, 5, 5} {
		if n%f == 0 && d%f == 0 {
			n, d = n/f, d/f
		}
	}
	return register.Ratio{Num: n, Den: d}
}

func weights(pairs ...any) []register.Weight {
	var out []register.Weight
	for i := 0; i < len(pairs); i += 2 {
		if n := pairs[i+1].(int); n > 0 {
			out = append(out, register.Weight{Method: pairs[i].(string), Weight: n})
		}
	}
	return out
}

// strata makes every committee a stratum of its own, but for those that had
// few filings in the quarter before: they are merged. Where nothing was filed
// yet, nobody is.
func strata(s *Situation, id register.QuarterID) map[register.OrgID]string {
	counts := map[register.OrgID]int{}
	filings := s.View.FilingsOf(id.Before())
	for _, f := range filings {
		counts[f.Committee]++
	}
	out := map[register.OrgID]string{}
	for _, c := range register.ApprovingBelow(s.View, register.OrgID(s.Case.County)) {
		out[c.ID] = string(c.ID)
		if len(filings) > 0 && counts[c.ID] < StratumMin.At(s) {
			out[c.ID] = register.MergedStratum
		}
	}
	return out
}

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

// openPoint notes that everything drawn up to the last point has its check.
func openPoint(s *Situation) []register.Entity {
	q := quarterOf(s)
	if q == nil {
		return nil
	}
	next := *q
	next.Opened = len(q.Drawn)
	return []register.Entity{&next}
}

func closeRecord(s *Situation) []register.Entity {
	q := quarterOf(s)
	if q == nil {
		return nil
	}
	closed := *q
	closed.ClosedOn = s.On
	return []register.Entity{&closed}
}

var (
	openingRecord = Effect{Key: "quarter-opened", Words: Words{Zh: "登记季度开启记录", En: "the quarter is on record"}, Make: openRecord}
	pointRecord   = Effect{Key: "point-drawn", Words: Words{Zh: "登记补抽结果摘要", En: "the point is on record"}, Make: addPoint}
	openedRecord  = Effect{Key: "point-opened", Words: Words{Zh: "登记补抽检查已立案", En: "the checks of the point are on record"}, Make: openPoint}
	closingRecord = Effect{Key: "quarter-closed", Words: Words{Zh: "登记季度关闭", En: "the quarter is closed"}, Make: closeRecord}

	recordQuarterEnds = Computing(QuarterEnds, func(s *Situation) (calendar.Date, bool) {
		name, _ := QuarterName.Given(s)
		q, ok := register.ParseQuarter(name)
		if !ok {
			return calendar.Date{}, false
		}
		return q.Last(), true
	})
	recordFirstPoint = Computing(NextPointOn, func(s *Situation) (calendar.Date, bool) {
		q := openRecord(s)[0].(*register.Quarter)
		return q.Points[0], true
	})
	recordNextPoint = Computing(NextPointOn, func(s *Situation) (calendar.Date, bool) {
		n, _ := PointNumber.Given(s)
		q := quarterOf(s)
		if q == nil || int(n) >= len(q.Points) {
			return calendar.Date{}, false
		}
		return q.Points[n], true
	})
)

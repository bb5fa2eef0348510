package workflows

import (
	"fmt"

	"jinchu/calendar"
	. "jinchu/engine"
)

// Conditions from cultivation to listing.
var (
	CultivatedLongEnough = Cond("cultivated", "经过一年以上培养教育和考察", "cultivated for at least a year").Cite("细则 13", "2014细则 13").
				After(FileActivist).Test(func(s *Situation) []Words {
		return notBefore(s, activistSince(s).AddMonths(CultivationMonths.At(s)))
	})

	EveryHalfYearReviewed = Cond("half-year-reviews", "每半年考察一次,无缺漏", "reviewed every half year without a gap").Cite("细则 11", "2014细则 11").
				After(FileActivist, HalfYearReview).Reading(ReviewOpinion, ReviewEnd).Test(missingReviews)

	OpinionsAreHeard = Cond("opinions-heard", "已听取党小组、培养联系人、党员和群众意见", "group, contacts, members and masses were heard").Cite("细则 13", "2014细则 13").
				Reading(OpinionsHeard).OnInput().Test(func(s *Situation) []Words {
		heard, _ := OpinionsHeard.Given(s)
		return lacking(OpinionsHeard.Field, heard)
	})

	NoticeLongEnough = Cond("notice-over", "公示期已满", "the notice has run its full time").Cite("细则 13", "公示").
				Reading(NoticeEnds, NoticeEndsCounted).Test(func(s *Situation) []Words {
		return noticeOver(s)
	})

	NoOpenObjection = Cond("no-open-objection", "无未办结的异议", "no objection is open").Cite("公示").
			Reading(Objection, ObjectionFinding).Test(func(s *Situation) []Words {
		open := len(Objection.All(s.Case)) - len(ObjectionFinding.All(s.Case))
		if open <= 0 {
			return nil
		}
		return Missing(fmt.Sprintf("尚有 %d 件异议未办结", open), fmt.Sprintf("%d objections are open", open))
	})

	AnObjectionIsOpen = Cond("objection-open", "有未办结的异议", "an objection is open").Cite("公示").
				Reading(Objection, ObjectionFinding).Holds(func(s *Situation) bool {
		return len(Objection.All(s.Case)) > len(ObjectionFinding.All(s.Case))
	})

	ObjectionUpheld = Is(ObjectionFinding, "upheld").Cite("公示")

	NoUpheldObjection = Cond("no-upheld-objection", "本轮无属实的异议", "no objection was upheld in this round").Cite("公示").
				Reading(ObjectionFinding).Holds(func(s *Situation) bool {
		for _, f := range ObjectionFinding.All(s.Case) {
			if f.Value == "upheld" {
				return false
			}
		}
		return true
	})
)

func activistSince(s *Situation) calendar.Date {
	if t := s.Case.Last(FileActivist.Key); t != nil {
		return t.On
	}
	return s.On
}

// missingReviews names every full half-year window since the listing as
// activist in which no review was made.
func missingReviews(s *Situation) []Words {
	var out []Words
	start, every := activistSince(s), ReviewMonths.At(s)
	for k := 1; ; k++ {
		from, to := start.AddMonths(every*(k-1)), start.AddMonths(every*k)
		if to.After(s.On) {
			return out
		}
		if !reviewedWithin(s.Case, from, to) {
			out = append(out, Words{Zh: from.AddDays(1).String() + " 至 " + to.String() + " 缺考察记录",
				En: "no review from " + from.AddDays(1).String() + " to " + to.String()})
		}
	}
}

// reviewedWithin reports whether a review was made after from and not after
// to, or was made later for a period that ends there.
func reviewedWithin(c *Case, from, to calendar.Date) bool {
	within := func(d calendar.Date) bool { return d.After(from) && !d.After(to) }
	for t := c.Trail(); t != nil; t = t.Prev {
		if t.Action == HalfYearReview.Key && within(t.On) {
			return true
		}
	}
	for _, f := range ReviewEnd.All(c) {
		if d, ok := f.Value.(calendar.Date); ok && within(d) {
			return true
		}
	}
	return false
}

// lacking names the options of a checklist that were not ticked.
func lacking(f *Field, ticked []string) []Words {
	var out []Words
	for _, o := range f.Options {
		if !contains(ticked, o.Key) {
			out = append(out, o.Words)
		}
	}
	return out
}

func contains(keys []string, key string) bool {
	for _, k := range keys {
		if k == key {
			return true
		}
	}
	return false
}

// noticeEnd is the last day of a notice posted on the day of the act.
func noticeEnd(s *Situation, countPosting bool) (calendar.Date, bool) {
	end, err := s.Cal.NoticeEnd(s.On, NoticeDays.At(s), countPosting)
	if err != nil {
		s.Fail(err)
		return calendar.Date{}, false
	}
	return end, true
}

// Both ways of counting stand in the record; the profile says which one binds.
var recordNoticeEnds = []Derived{
	Computing(NoticeEnds, func(s *Situation) (calendar.Date, bool) { return noticeEnd(s, false) }),
	Computing(NoticeEndsCounted, func(s *Situation) (calendar.Date, bool) { return noticeEnd(s, true) }),
}

func noticeOver(s *Situation) []Words {
	end, ok := NoticeEnds.Held(s.Case)
	if CountPostingDay.On(s) {
		end, ok = NoticeEndsCounted.Held(s.Case)
	}
	switch {
	case !ok:
		return Missing("没有公示记录", "no notice on record")
	case !s.On.After(end):
		return Missing("公示至 "+end.String()+" 24时", "the notice runs to "+end.String()+" 24:00")
	}
	return nil
}

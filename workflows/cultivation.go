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

	// A review covers the half year its period ends in, or that of the day it is
	// made on; one made up for later says why.
	ReviewPeriodSound = Cond("review-period", "考察期截止日不晚于考察之日,补考察的已说明理由", "the period reviewed is over; one made up for later gives its reason").Cite("细则 11", "2014细则 11").
				Reading(ReviewEnd).OnInput().Test(func(s *Situation) []Words {
		end, _ := ReviewEnd.Given(s)
		switch {
		case end.After(s.On) || !end.After(reviewedSince(s)):
			return Missing("须在 "+reviewedSince(s).AddDays(1).String()+" 至当日之间", "between "+reviewedSince(s).AddDays(1).String()+" and the day of the review")
		case window(s, end) != window(s, s.On) && s.Reason == "":
			return Missing("补前一个半年的考察,须说明理由", "a review for an earlier half year gives its reason")
		}
		return nil
	})

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

	// An extension of the probation is the answer to what was upheld before it.
	NoUpheldObjection = Cond("no-upheld-objection", "没有尚未处理的属实异议", "no objection was upheld since the last decision").Cite("公示").
				Reading(ObjectionFinding).Holds(func(s *Situation) bool {
		since := int64(0)
		if t := s.Case.Last(ApproveExtension.Key); t != nil {
			since = t.Seq
		}
		for _, f := range ObjectionFinding.All(s.Case) {
			if f.Seq > since && f.Value != "cleared" {
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

// reviewedSince is the day from which half years are counted: that of the
// listing as activist, or of a later return to cultivation.
func reviewedSince(s *Situation) calendar.Date {
	start := activistSince(s)
	if t := s.Case.Last(RestartCultivation.Key); t != nil {
		start = calendar.Max(start, t.On)
	}
	return start
}

// window is the number of the half year a day lies in, from 1 on.
func window(s *Situation, d calendar.Date) int {
	start, every := reviewedSince(s), ReviewMonths.At(s)
	k := 1
	for start.AddMonths(every * k).Before(d) {
		k++
	}
	return k
}

// missingReviews names every full half year in which no review was made.
func missingReviews(s *Situation) []Words {
	var out []Words
	start, every := reviewedSince(s), ReviewMonths.At(s)
	for k := 1; ; k++ {
		from, to := start.AddMonths(every*(k-1)), start.AddMonths(every*k)
		if to.After(s.On) {
			return out
		}
		covered := false
		for _, f := range ReviewEnd.All(s.Case) {
			d, _ := f.Value.(calendar.Date)
			covered = covered || d.After(from) && !d.After(to)
		}
		if !covered {
			out = append(out, Words{Zh: from.AddDays(1).String() + " 至 " + to.String() + " 缺考察记录",
				En: "no review from " + from.AddDays(1).String() + " to " + to.String()})
		}
	}
}

// recordReviewEnd keeps the day a review counts by.
var recordReviewEnd = Computing(ReviewEnd, func(s *Situation) (calendar.Date, bool) {
	if d, given := ReviewEnd.Given(s); given {
		return d, true
	}
	return s.On, true
})

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
	// A county's own working days never make a notice shorter.
	if floor, err := calendar.National().NoticeEnd(s.On, NoticeDays.At(s), countPosting); err == nil {
		end = calendar.Max(end, floor)
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

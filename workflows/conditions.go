package workflows

import (
	"fmt"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// Conditions on the person and the organization.
var (
	OfAge = Cond("of-age", "递交申请时已满规定年龄", "of age when the application was received").Cite("细则 5").
		Reading(ReceivedOn).Test(func(s *Situation) []Words {
		birth, day := s.Subject().Birth, receivedDay(s)
		if !birth.IsZero() && !birth.AddYears(MinAge.At(s)).After(day) {
			return nil
		}
		age := calendar.Age(birth, day)
		return Missing(fmt.Sprintf("当日为 %d 周岁,须满 %d 周岁", age, MinAge.At(s)), fmt.Sprintf("aged %d on that day; %d is needed", age, MinAge.At(s)))
	})

	NotBarred = Cond("not-barred", "不在不得申请的期限内", "not within a bar on applying").Cite("处置办法").
			Test(notBarred)

	NotBanned = Cond("not-banned", "不在弄虚作假后不得申请的期限内", "not within the ban after fraud").Cite("预审办法").
			Test(func(s *Situation) []Words { return barredFor(s, fraud) })

	KeptHere = Cond("kept-here", "本人的组织关系或申请在本支部", "the person is kept in this branch").Cite("细则 6").
			Test(func(s *Situation) []Words {
			if org := s.Subject().Org; org == "" || org == s.Case.Org {
				return nil
			}
			return Missing("本人登记在其他组织,请先办理转接", "the person is kept elsewhere; transfer them first")
		})

	NotMember = Cond("not-a-member", "尚不是党员", "not a member yet").Cite("细则 5").
			Holds(func(s *Situation) bool {
			p := s.Subject()
			return !p.Member() && p.Standing != register.Suspended
		})

	MayAccept = Cond("may-accept", "不是临时党组织", "not a temporary organization").Cite("2014细则 23").
			Holds(func(s *Situation) bool { return !s.Branch().Temporary })

	HasApprovalPower = Cond("approval-power", "审批机构具有审批预备党员的权限,其他组织只能审议", "the body has power to approve; others may only deliberate").Cite("2014细则 23").
				Holds(func(s *Situation) bool {
			c, ok := register.ApprovingCommittee(s.View, s.Case.Org)
			return ok && c.ID == s.Org.ID
		})

	LateReceiptExplained = Cond("late-receipt-explained", "登记晚于收到申请书之日的,已说明理由", "a receipt registered later gives its reason").Cite("细则 6").
				Reading(ReceivedOn).OnInput().Holds(func(s *Situation) bool {
		d, _ := ReceivedOn.Given(s)
		return !d.Before(s.On) || s.Reason != ""
	})

	NotLeavingSoon = Cond("not-leaving", "近期不离开本单位", "not leaving the unit soon").Cite("细则 18", "2014细则 19").
			Test(func(s *Situation) []Words {
			leaving := s.Subject().Leaving
			if leaving.IsZero() || leaving.Before(s.On) || leaving.After(s.On.AddMonths(LeavingMonths.At(s))) {
				return nil
			}
			return Missing("将于 "+leaving.String()+" 离开", "leaving on "+leaving.String())
		})
)

// fraud is the reason of the bar that a rejection for fraud sets.
const fraud = "fraud"

// barredFor names the bars in force on the day of the act: those for fraud, or
// all others.
func barredFor(s *Situation, why string) []Words {
	var out []Words
	for _, bar := range s.Subject().Bars {
		if (bar.Why == fraud) == (why == fraud) && bar.On(s.On) {
			out = append(out, Words{Zh: "自 " + bar.Until.String() + " 起方可再申请", En: "an application is possible from " + bar.Until.String() + " (" + bar.Why + ")"})
		}
	}
	return out
}

// notBarred looks at recorded bars and at a removal that bars for five years.
func notBarred(s *Situation) []Words {
	p := s.Subject()
	if bars := barredFor(s, string(register.Removed)); bars != nil {
		return bars
	}
	if p.Standing != register.Removed {
		return nil
	}
	from := RejoinBarFrom.Date(s.Profile)
	until := p.Since.AddYears(RejoinBarYears.At(s))
	if p.Since.Before(from) || !s.On.Before(until) {
		return nil
	}
	return Missing("除名满五年即 "+until.String()+" 方可重新申请", "five years after the removal, from "+until.String())
}

// Conditions on those who act.
var (
	FreshReviewer = Cond("fresh-reviewer", "审核人未在其他层级经办本案", "the reviewer handled the case at no other level").Cite("三级预审").
			Test(func(s *Situation) []Words {
			for t := s.Case.Trail(); t != nil && s.Office.Person != ""; t = t.Prev {
				if t.Person == s.Office.Person && t.Org != s.Office.Org {
					return Missing("曾于 "+t.On.String()+" 在另一层级经办", "acted at another level on "+t.On.String())
				}
			}
			return nil
		})

	NoKin = Cond("no-kin", "办理人不是本人,也不是其须回避的近亲属", "whoever acts is neither the person nor close kin").Cite("近亲繁殖").
		Holds(func(s *Situation) bool {
			_, kin := register.CloseKin(s.View, s.Office.Person, s.Case.Person)
			return !kin && (s.Office.Person == "" || s.Office.Person != s.Case.Person)
		})

	Collective = Cond("collective", "由支部委员会会议决定;未设支部委员会的由支部党员大会决定", "decided by the branch committee's meeting, or by the general meeting where there is none").
			Cite("细则 8").Reading(DecidedBy).OnInput().
			Test(func(s *Situation) []Words {
			body, _ := DecidedBy.Given(s)
			switch {
			case body == "branch-committee" && !s.Branch().Committee:
				return Missing("本支部未设支部委员会", "this branch has no committee")
			case body == "general-meeting" && s.Branch().Committee:
				return Missing("本支部设有支部委员会", "this branch has a committee")
			}
			return nil
		})
)

// Conditions on talk, contacts and introducers.
var (
	TalkerIsMember = Cond("talker-is-member", "谈话人是党员", "the talker is a member").Cite("细则 7").Reading(Talker).OnInput().
			Holds(func(s *Situation) bool {
			id, _ := Talker.Given(s)
			p, ok := s.View.Person(id)
			return ok && p.Member()
		})

	TalkAfterReceipt = Cond("talk-after-receipt", "谈话不早于收到申请书之日", "the talk is not before the receipt").Cite("细则 7").
				Reading(ReceivedOn).Holds(func(s *Situation) bool {
		d, ok := ReceivedOn.Held(s.Case)
		return ok && !s.On.Before(d)
	})

	ReceivedBefore = Cond("received-before", "收到申请书的日期不晚于登记之日", "the application was not received after this day").Cite("细则 6").
			Reading(ReceivedOn).OnInput().Holds(func(s *Situation) bool {
		d, _ := ReceivedOn.Given(s)
		return !d.After(s.On)
	})

	WaitedAsApplicant = Cond("waited-as-applicant", "申请已满规定月数", "the months from the application have passed").Cite("细则 8").
				Reading(ReceivedOn).Test(func(s *Situation) []Words {
		d, _ := ReceivedOn.Held(s.Case)
		return notBefore(s, d.AddMonths(ActivistWaitMonths.At(s)))
	})

	ContactCount = Cond("contact-count", "培养联系人为一至二名", "one or two contacts").Cite("细则 9").Reading(Contacts).OnInput().
			Test(func(s *Situation) []Words {
			ids, _ := Contacts.Given(s)
			return countWithin(len(ids), ContactsMin.At(s), ContactsMax.At(s))
		})

	ContactsAreFull = Cond("contacts-full", "培养联系人是正式党员", "the contacts are full members").Cite("细则 9").Reading(Contacts).OnInput().
			Test(func(s *Situation) []Words { ids, _ := Contacts.Given(s); return notFull(s, ids) })

	ContactsUnsanctioned = Cond("contacts-unsanctioned", "培养联系人未受留党察看、限期改正", "the contacts are under no sanction").Cite("细则 9").Reading(Contacts).OnInput().
				Test(func(s *Situation) []Words { ids, _ := Contacts.Given(s); return sanctioned(s, ids) })

	ContactsNoKin = Cond("contacts-no-kin", "培养联系人不是本人近亲属", "the contacts are not close kin").Cite("近亲繁殖").Reading(Contacts).OnInput().
			Test(func(s *Situation) []Words { ids, _ := Contacts.Given(s); return kinAmong(s, ids) })

	IntroducersAreTwo = Cond("introducer-count", "入党介绍人为两名", "exactly two introducers").Cite("细则 14").Reading(Introducers).OnInput().
				Test(func(s *Situation) []Words {
			ids, _ := Introducers.Given(s)
			return countWithin(len(ids), IntroducerCount.At(s), IntroducerCount.At(s))
		})

	IntroducersAreFull = Cond("introducers-full", "入党介绍人是正式党员", "the introducers are full members").Cite("细则 14").Reading(Introducers).OnInput().
				Test(func(s *Situation) []Words { ids, _ := Introducers.Given(s); return notFull(s, ids) })

	IntroducersUnsanctioned = Cond("introducers-unsanctioned", "入党介绍人未受留党察看、限期改正", "the introducers are under no sanction").Cite("细则 14", "2014细则 14").
				Reading(Introducers).OnInput().
				Test(func(s *Situation) []Words { ids, _ := Introducers.Given(s); return sanctioned(s, ids) })

	IntroducersNoKin = Cond("introducers-no-kin", "入党介绍人不是本人近亲属", "the introducers are not close kin").Cite("近亲繁殖").Reading(Introducers).OnInput().
				Test(func(s *Situation) []Words { ids, _ := Introducers.Given(s); return kinAmong(s, ids) })

	IntroducersConsent = Cond("introducers-consent", "入党介绍人本人同意", "the introducers consent").Cite("细则 14").Reading(IntroducerConsent).OnInput().
				Holds(func(s *Situation) bool { v, _ := IntroducerConsent.Given(s); return v })

	// What a county without the ban still wants to see.
	ContactsUnrelated    = warnKin("contacts-are-kin", "培养联系人与本人有亲属关系", "a contact is close kin", Contacts)
	IntroducersUnrelated = warnKin("introducers-are-kin", "入党介绍人与本人有亲属关系", "an introducer is close kin", Introducers)
)

// receivedDay is the day on which the application was received.
func receivedDay(s *Situation) calendar.Date {
	if d, ok := ReceivedOn.Of(s); ok {
		return d
	}
	return s.On
}

// warnKin is the condition whose failure marks an act with kin in it.
func warnKin(key, zh, en string, f F[[]register.PersonID]) Condition {
	return Cond(key, zh, en).Cite("近亲繁殖").Reading(f).Holds(func(s *Situation) bool {
		ids, _ := f.Given(s)
		return len(related(s, ids)) == 0
	})
}

func related(s *Situation, ids []register.PersonID) []Words {
	var out []Words
	for _, id := range ids {
		if k, ok := register.CloseKin(s.View, id, s.Case.Person); ok {
			out = append(out, Words{Zh: nameOf(s, id) + ":" + degreeZh[k.Degree], En: string(id) + ": " + string(k.Degree)})
		}
	}
	return out
}

// kinAmong names the close kin of the person where the county forbids them.
func kinAmong(s *Situation, ids []register.PersonID) []Words {
	if !KinBan.On(s) {
		return nil
	}
	return related(s, ids)
}

var degreeZh = map[register.Degree]string{register.Spouse: "配偶", register.DirectBlood: "直系血亲",
	register.CollateralWithin3: "三代以内旁系血亲", register.CloseInLaw: "近姻亲", register.OtherKin: "其他亲属"}

func nameOf(s *Situation, id register.PersonID) string {
	if p, ok := s.View.Person(id); ok {
		return p.Name
	}
	return string(id)
}

func notFull(s *Situation, ids []register.PersonID) []Words {
	var out []Words
	for _, id := range ids {
		if p, ok := s.View.Person(id); !ok || p.Standing != register.Full {
			out = append(out, Words{Zh: nameOf(s, id) + "不是正式党员", En: string(id) + " is not a full member"})
		}
	}
	return out
}

func sanctioned(s *Situation, ids []register.PersonID) []Words {
	var out []Words
	for _, id := range ids {
		if p, ok := s.View.Person(id); ok && p.Sanction != register.NoSanction {
			out = append(out, Words{Zh: nameOf(s, id) + "正受" + sanctionZh[p.Sanction], En: string(id) + " is under " + string(p.Sanction)})
		}
	}
	return out
}

var sanctionZh = map[register.Sanction]string{register.PartyProbation: "留党察看", register.OrderedCorrection: "限期改正"}

func countWithin(n, low, high int) []Words {
	if n >= low && n <= high {
		return nil
	}
	if low == high {
		return Missing(fmt.Sprintf("应为 %d 名,现为 %d 名", low, n), fmt.Sprintf("%d needed, %d given", low, n))
	}
	return Missing(fmt.Sprintf("应为 %d 至 %d 名,现为 %d 名", low, high, n), fmt.Sprintf("%d to %d needed, %d given", low, high, n))
}

// notBefore is unmet where the act comes before a day.
func notBefore(s *Situation, day calendar.Date) []Words {
	if !s.On.Before(day) {
		return nil
	}
	return Missing("须自 "+day.String()+" 起", "not before "+day.String())
}

package workflows

import (
	"fmt"
	"strings"

	. "jinchu/engine"
	"jinchu/register"
)

// Conditions of answering an order and of verifying the answer.
var (
	ItemsSound = Cond("items-sound", "销号的是清单内尚未销号的事项,并附佐证", "what is closed is an open item of the list, with evidence").Cite("督办").
			Reading(ItemsClosed, Problems).OnInput().Test(func(s *Situation) []Words {
		items, _ := ItemsClosed.Given(s)
		return unsound(s, items, true)
	})

	AgainItemised = Cond("again-itemised", "须重办的是已销号的事项,并逐项说明理由", "what is to be done again is a closed item, with the reason").Cite("督办").
			Reading(ItemsAgain, ItemsClosed, Problems).OnInput().Test(func(s *Situation) []Words {
		items, _ := ItemsAgain.Given(s)
		return unsound(s, items, false)
	})

	AllItemsClosed = Cond("all-items-closed", "问题已全部销号", "every problem is closed").Cite("督办").
			Reading(Problems, ItemsClosed, ItemsAgain).Test(func(s *Situation) []Words {
		problems, _ := Problems.Held(s.Case)
		var out []Words
		for _, p := range problems {
			if itemOpen(s.Case, p.Key) {
				out = append(out, Words{Zh: "未销号:" + p.Key + " " + p.Text, En: "open: " + p.Key})
			}
		}
		return out
	})

	VerifiedFromAbove = Cond("verified-from-above", "由上级组织或县(市)委组织部核验", "verified by an organization above, or the county").Cite("督办").
				Holds(func(s *Situation) bool { return s.Org.ID != s.Case.Org || s.Org.Kind == register.County })

	AnotherPerson = Cond("another-person", "核验人未经办销号和反馈", "whoever verifies closed no item and gave no feedback").Cite("督办").
			After(CloseItem, SubmitFeedback).Test(func(s *Situation) []Words {
		for t := s.Case.Trail(); t != nil; t = t.Prev {
			if (t.Action == CloseItem.Key || t.Action == SubmitFeedback.Key) && sameActor(s, t) {
				return Missing("曾于 "+t.On.String()+" 经办", "acted on "+t.On.String())
			}
		}
		return nil
	})

	FeedbackReturnsLeft = Cond("feedback-returns-left", "本级退回次数未超过上限", "returns are left at this level").Cite("督办").
				After(ReturnFeedback, Escalate).Bounding().Test(func(s *Situation) []Words {
		if n := returnedAtLevel(s.Case); n >= MaxFeedbackReturn.At(s) {
			return Missing(fmt.Sprintf("本级已退回 %d 次,请升级督办", n), fmt.Sprintf("returned %d times at this level: raise it", n))
		}
		return nil
	})
)

// unsound names what is wrong with items that are to be closed, or opened
// again: not on the list, not in the state it should be in, twice, or without
// a text.
func unsound(s *Situation, items []Item, open bool) []Words {
	problems, _ := Problems.Held(s.Case)
	listed := map[string]bool{}
	for _, p := range problems {
		listed[p.Key] = true
	}
	var out []Words
	for _, it := range items {
		switch {
		case !listed[it.Key]:
			out = append(out, Words{Zh: "不在问题清单内:" + it.Key, En: "not on the list: " + it.Key})
		case itemOpen(s.Case, it.Key) != open && open:
			out = append(out, Words{Zh: "已销号:" + it.Key, En: "closed already: " + it.Key})
		case itemOpen(s.Case, it.Key) != open:
			out = append(out, Words{Zh: "尚未销号:" + it.Key, En: "open still: " + it.Key})
		case strings.TrimSpace(it.Text) == "":
			out = append(out, Words{Zh: "未附佐证或理由:" + it.Key, En: "no evidence or reason: " + it.Key})
		}
	}
	if len(out) == 0 && !itemised(items) {
		return Missing("须至少一项,编号不重复", "at least one item, none twice")
	}
	return out
}

// itemOpen reports whether a problem was not closed since it was last opened
// again.
func itemOpen(c *Case, key string) bool {
	return lastNamed(ItemsClosed.All(c), key) <= lastNamed(ItemsAgain.All(c), key)
}

// lastNamed is the event that last named an item, 0 for none.
func lastNamed(facts []Fact, key string) int64 {
	last := int64(0)
	for _, f := range facts {
		items, _ := f.Value.([]Item)
		for _, it := range items {
			if it.Key == key {
				last = f.Seq
			}
		}
	}
	return last
}

// returnedAtLevel counts the returns since the level was last raised.
func returnedAtLevel(c *Case) int {
	n := 0
	for t := c.Trail(); t != nil && t.Action != Escalate.Key; t = t.Prev {
		if t.Action == ReturnFeedback.Key {
			n++
		}
	}
	return n
}

// answerRules: acknowledging, closing items, feedback and verification.
func answerRules() []Rule {
	return []Rule{
		Recipient.May(Acknowledge).In(OrderIssued).To(OrderRectifying).With(paper("签收回执", "receipt")),
		Recipient.May(CloseItem).In(OrderRectifying).Stays().Giving(ItemsClosed).If(ItemsSound).With(paper("整改佐证", "evidence")),
		Recipient.May(SubmitFeedback).In(OrderRectifying).To(OrderSubmitted).Giving(Feedback).If(AllItemsClosed).
			Recording(recordLimitOpen(OrderSubmitted)).With(paper("整改情况报告", "report")),
		Superior.May(VerifyOrder).In(OrderSubmitted).To(OrderClosed).Giving(Verification).If(VerifiedFromAbove, AnotherPerson).
			Claiming(OneOrder.Do(Use), OrderNumber.Do(Use)).With(paper("销号单", "closure")),
		Superior.May(ReturnFeedback).In(OrderSubmitted).To(OrderRectifying).Giving(ItemsAgain).
			If(VerifiedFromAbove, AnotherPerson, AgainItemised, FeedbackReturnsLeft).
			Recording(recordLevelFrom, recordLimitOpen(OrderRectifying)).AnewRound().With(paper("核验退回单", "return of the feedback")),
	}
}

// Owing are the departments that were asked about a case in this round and
// have not answered.
func Owing(c *Case) []register.Duty {
	var out []register.Duty
	for _, d := range register.Duties {
		if owes(c, d) {
			out = append(out, d)
		}
	}
	return out
}

package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// CircularKey is the workflow of a circular 通报: the month's supervision list
// and the quarter's circular. One act issues it and ends it; nothing changes
// it afterwards.
const CircularKey = "circular"

// The roles of supervision by the county.
var (
	HeadOfCounty = NewRole("county-head", "县(市)委组织部负责人", "the head of the county organization department", WholeCounty,
		register.CountyHead)
	HeadOrClock = NewRole("county-head-or-clock", "县(市)委组织部负责人或系统(时限)", "the head of the county organization department, or the clock", WholeCounty,
		register.CountyHead, register.Clock)
)

// The stage and the actions of a circular.
var (
	CircularIssued = EndStage("issued", "已发布", "issued")

	IssueCircular   = NewAction("issue-circular", "发布通报", "issue a circular")
	CorrectCircular = NewAction("correct-circular", "更正通报", "correct a circular")
)

// The kinds of circular.
const (
	MonthlyList       = "monthly"   // 月督办: of a month, "2026-10"
	QuarterlyCircular = "quarterly" // 季通报: of a quarter, "2026Q3"
)

// What a circular holds. Items have keys of the register and canonical texts.
var (
	CircularKind = ChoiceField("kind", "通报种类", "kind of circular",
		option(MonthlyList, "月督办", "month's supervision list"), option(QuarterlyCircular, "季通报", "quarter's circular"))
	CircularPeriod  = TextField("period", "所属月份或季度", "month or quarter")
	FigureItems     = ItemsField("figures", "各单位情况", "figures") // committee or branch -> [Figures]
	ShortfallItems  = ItemsField("shortfalls", "抽查未达比例的抽样层", "strata below their quota")
	OrderItems      = ItemsField("orders", "未销号督办单", "open supervision orders") // organization -> [OrderList]
	Remarks         = TextField("remarks", "说明", "remarks")
	Correction      = TextField("correction", "更正理由", "why it is corrected")
	CircularVersion = NumberField("version", "版次", "version")
	CircularDigest  = TextField("digest", "摘要(SHA-256)", "digest (SHA-256)")
)

// Conditions of a circular.
var (
	KeptByCounty = Cond("kept-by-county", "由县(市)委组织部立案", "kept by the county organization department").
			Holds(func(s *Situation) bool { return s.Branch().Kind == register.County })

	PeriodIsOver = Cond("period-is-over", "所属月份(如 2026-10)或季度(如 2026Q3)已经结束", "of a month as 2026-10, or a quarter as 2026Q3, that is over").
			Cite("月督办季通报年考评").Reading(CircularKind, CircularPeriod).OnInput().Test(func(s *Situation) []Words {
		kind, _ := CircularKind.Given(s)
		period, _ := CircularPeriod.Given(s)
		last, ok := lastDay(kind, period)
		switch {
		case !ok:
			return Missing("「"+period+"」不是该种通报的期间", "there is no such period of this kind")
		case !last.Before(s.On):
			return Missing("至 "+last.String()+" 结束", "it ends on "+last.String())
		}
		return nil
	})

	// While checks are under way nobody may learn from a figure who was drawn.
	QuarterIsClosed = Cond("quarter-is-closed", "该季度抽查已经结束", "the spot checks of the quarter are closed").Cite("抽查监督").
			Reading(CircularPeriod).OnInput().Holds(func(s *Situation) bool {
		period, _ := CircularPeriod.Given(s)
		id, ok := register.ParseQuarter(period)
		if !ok {
			return true // not a period at all, which is its own ground
		}
		q, drawn := s.View.Quarter(id)
		return !drawn || q.Undrawn || !q.ClosedOn.IsZero()
	})

	FiguresAreCanonical = Cond("figures-canonical", "各单位情况按规定写法填写,单位已登记、不重复,数字相符", "the figures are of organizations of the register, none twice, written as they should be, and add up").
				Cite("月督办季通报年考评").Reading(FigureItems).OnInput().Test(func(s *Situation) []Words {
		items, _ := FigureItems.Given(s)
		return uncanonical(items, func(it Item) bool {
			_, sound := ParseFigures(it.Text)
			_, known := s.View.Org(register.OrgID(it.Key))
			return sound && known
		})
	})

	ShortfallsAreCanonical = Cond("shortfalls-canonical", "未达比例的抽样层按规定写法填写", "the strata below their quota are written as they should be").
				Cite("抽查监督").Reading(ShortfallItems).OnInput().Test(func(s *Situation) []Words {
		items, _ := ShortfallItems.Given(s)
		return uncanonical(items, func(it Item) bool { _, ok := ParseShortfall(it.Text); return ok })
	})

	OrdersAreCanonical = Cond("orders-canonical", "未销号督办单按规定写法填写,单位已登记", "the open orders are of organizations of the register, and written as they should be").
				Cite("月督办季通报年考评").Reading(OrderItems).OnInput().Test(func(s *Situation) []Words {
		items, _ := OrderItems.Given(s)
		return uncanonical(items, func(it Item) bool {
			_, sound := ParseOrderList(it.Text)
			_, known := s.View.Org(register.OrgID(it.Key))
			return sound && known
		})
	})

	CorrectsTheLast = Cond("corrects-the-last", "写明所更正的是该期最近一次通报", "the circular it corrects is the last of the period").
			Cite("月督办季通报年考评").Reading(CircularKind, CircularPeriod).OnInput().Test(func(s *Situation) []Words {
		last := nextVersion(s) - 1
		if id, issued := s.View.Holder(CircularKey, circularKey(s, last)); issued && id == s.Case.Parent {
			return nil
		} else if issued {
			return Missing("最近一次为 "+string(id), "the last one is "+string(id))
		}
		return Missing("该期尚未发布通报", "none was issued for the period")
	})
)

// lastDay is the last day of a circular's period; ok is false where there is
// no such period.
func lastDay(kind, period string) (last calendar.Date, ok bool) {
	if kind == QuarterlyCircular {
		q, ok := register.ParseQuarter(period)
		if !ok {
			return last, false
		}
		return q.Last(), true
	}
	first, err := calendar.Parse(period + "-01")
	if err != nil {
		return last, false
	}
	return first.AddMonths(1).AddDays(-1), true
}

func circularKey(s *Situation, version int64) string {
	kind, _ := CircularKind.Given(s)
	period, _ := CircularPeriod.Given(s)
	return CircularClaim(kind, period, version)
}

// CircularClaim is the key under which the circular of a kind, period and
// version is held: one each, for ever.
func CircularClaim(kind, period string, version int64) string {
	return kind + "/" + period + "/" + strconv.FormatInt(version, 10)
}

// nextVersion is the lowest version of the period that was not issued, from 1.
func nextVersion(s *Situation) int64 {
	for v := int64(1); ; v++ {
		if _, issued := s.View.Holder(CircularKey, circularKey(s, v)); !issued {
			return v
		}
	}
}

// One circular per kind and period; what corrects it has the next version.
var (
	OneCircular = circularClaim(func(s *Situation) (string, []Words) {
		if nextVersion(s) > 1 {
			return "", Missing("该期通报已发布;须更正的,用「更正通报」", "the circular of the period is issued; where it has to be corrected, correct it")
		}
		return circularKey(s, 1), nil
	})
	NextCircular = circularClaim(func(s *Situation) (string, []Words) { return circularKey(s, nextVersion(s)), nil })
)

func circularClaim(pick func(*Situation) (string, []Words)) *Claim {
	return &Claim{Kind: CircularKey, Cite: "月督办季通报年考评", Words: Words{Zh: "每期一份通报", En: "one circular for each period"},
		Fields: []*Field{CircularKind.Field, CircularPeriod.Field}, Pick: pick}
}

// The version and the digest are recorded with the act, the digest last: it
// covers all the rest.
var (
	recordVersion = Computing(CircularVersion, func(s *Situation) (int64, bool) { return nextVersion(s), true })
	recordDigest  = Computing(CircularDigest, func(s *Situation) (string, bool) {
		var c CircularText
		c.Kind, _ = CircularKind.Given(s)
		c.Period, _ = CircularPeriod.Given(s)
		c.Version, _ = CircularVersion.Given(s)
		c.Corrects = s.Case.Parent
		c.Correction, _ = Correction.Given(s)
		c.Figures, _ = FigureItems.Given(s)
		c.Shortfalls, _ = ShortfallItems.Given(s)
		c.Orders, _ = OrderItems.Given(s)
		c.Remarks, _ = Remarks.Given(s)
		return c.Digest(), true
	})
)

// CircularText is all that a circular says.
type CircularText struct {
	Kind, Period string
	Version      int64
	Corrects     CaseID // the circular it corrects, "" for none
	Correction   string // why
	Figures      []Item
	Shortfalls   []Item
	Orders       []Item
	Remarks      string
}

// Canonical is the circular as bytes: a line for each thing it says, in a
// fixed order, texts quoted as Go does (strconv.Quote).
func (c *CircularText) Canonical() string {
	var b strings.Builder
	fmt.Fprintf(&b, "jinchu circular 1\nkind %s\nperiod %s\nversion %d\n", c.Kind, c.Period, c.Version)
	fmt.Fprintf(&b, "corrects %s\ncorrection %q\n", dashed(string(c.Corrects)), c.Correction)
	for _, list := range []struct {
		name  string
		items []Item
	}{{"figures", c.Figures}, {"shortfall", c.Shortfalls}, {"order", c.Orders}} {
		for _, it := range list.items {
			fmt.Fprintf(&b, "%s %q %q\n", list.name, it.Key, it.Text)
		}
	}
	fmt.Fprintf(&b, "remarks %q\n", c.Remarks)
	return b.String()
}

// Digest is the hexadecimal SHA-256 of [CircularText.Canonical].
func (c *CircularText) Digest() string {
	sum := sha256.Sum256([]byte(c.Canonical()))
	return hex.EncodeToString(sum[:])
}

// Circular is the procedure of a circular: issued by the calendar, or by the
// county's head by hand, and then it stands. A correction is a circular of its
// own that names the one it corrects.
func Circular() *Workflow {
	w := &Workflow{Key: CircularKey, Words: Words{Zh: "通报", En: "circular"}, Impersonal: true,
		Statute: statuteOf("月督办季通报年考评", "抽查监督")}
	quarterly := Is(CircularKind, QuarterlyCircular).Cite("月督办季通报年考评")
	ofQuarter := func(r Rule) Rule {
		return r.Giving(FigureItems, ShortfallItems).When(quarterly).If(QuarterIsClosed, FiguresAreCanonical, ShortfallsAreCanonical).
			With(paper("季通报", "quarter's circular"))
	}
	ofMonth := func(r Rule) Rule {
		return r.Giving(OrderItems).When(Not(quarterly)).If(OrdersAreCanonical).With(paper("月督办清单", "month's supervision list"))
	}
	issue := func(r Rule) Rule {
		return Art("月督办季通报年考评", r.Giving(CircularKind, CircularPeriod).Taking(Remarks).If(KeptByCounty, PeriodIsOver)).
			Recording(recordVersion, recordDigest)
	}
	w.Rules = []Rule{
		issue(ofQuarter(HeadOrClock.May(IssueCircular).In(New).To(CircularIssued)).Claiming(OneCircular.Do(Take))),
		issue(ofMonth(HeadOrClock.May(IssueCircular).In(New).To(CircularIssued)).Claiming(OneCircular.Do(Take))),
		issue(ofQuarter(HeadOfCounty.May(CorrectCircular).In(New).To(CircularIssued)).Giving(Correction).If(CorrectsTheLast).Claiming(NextCircular.Do(Take))),
		issue(ofMonth(HeadOfCounty.May(CorrectCircular).In(New).To(CircularIssued)).Giving(Correction).If(CorrectsTheLast).Claiming(NextCircular.Do(Take))),
	}
	return w
}

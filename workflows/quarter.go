package workflows

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
)

// QuarterlyDraw is the workflow of a quarter's draw (抽样轮次): opened with the
// commitments of the parties, drawn at its points, closed with their keys. It
// is about the county and kept by its department; the register's record of the
// quarter is what filing and approval look at. Keys and digests are computed,
// so that no person opens or closes one: `jinchu tick` is the hand.
const QuarterlyDraw = "quarter"

// The stages and actions of a quarter's draw.
var (
	QuarterOpened = NewStage("opened", "已开启", "open")
	QuarterDrawn  = NewStage("drawn", "抽样框已封闭", "frame closed")
	QuarterClosed = EndStage("closed", "已公开并关闭", "revealed and closed")

	OpenQuarter  = NewAction("open-quarter", "开启季度抽查", "open the quarter")
	RecordPoint  = NewAction("record-point", "登记补抽时点", "record a top-up point")
	PointOpened  = NewAction("point-opened", "确认补抽的抽查均已开出", "confirm that the checks of a point are opened")
	CloseQuarter = NewAction("close-quarter", "公开密钥并关闭", "reveal the keys and close")
)

// What the acts of a quarter's draw give.
var (
	QuarterName     = TextField("quarter", "季度", "quarter")
	Commitments     = ItemsField("commitments", "各方密钥承诺", "commitments of the parties")
	QuarterEnds     = DateField("quarter_ends", "季度末日", "last day of the quarter")
	NextPointOn     = DateField("next_point", "下一补抽时点", "next top-up point")
	PointNumber     = NumberField("point", "补抽时点序号", "number of the point")
	FrameDigest     = TextField("frame", "抽样框摘要", "digest of the frame").Many()
	SelectionDigest = TextField("selection", "抽样结果摘要", "digest of the selection").Many()
	RevealedKeys    = ItemsField("keys", "公开的密钥", "keys revealed")
	CheckResults    = ItemsField("results", "抽查结果", "results of the checks")
	QuarterFigures  = ItemsField("figures", "各层情况", "figures of the strata")
	BelowQuota      = ItemsField("below_quota", "未达比例的层", "strata below the quota")
	BundleDigest    = TextField("bundle", "公开数据包摘要", "digest of the bundle")
)

// QuarterOnce lets a quarter be opened once.
var QuarterOnce = &Claim{Kind: "quarter", Cite: "抽查监督", Words: Words{Zh: "一个季度只开启一次", En: "a quarter is opened once"}, Fields: []*Field{QuarterName.Field},
	Pick: func(s *Situation) (string, []Words) {
		name, _ := QuarterName.Given(s)
		if holder, taken := s.View.Holder("quarter", name); taken {
			return "", Missing(name+" 已于 "+string(holder)+" 开启", name+" was opened as "+string(holder))
		}
		if _, known := s.View.Quarter(register.QuarterID(name)); known {
			return "", Missing(name+" 已登记为不抽查的季度", name+" is on record as a quarter without a draw")
		}
		return name, nil
	}}

// Conditions of a quarter's draw.
var (
	QuarterSound = Cond("quarter-sound", "季度写法如2026Q3,为本季度或下一季度", "a quarter like 2026Q3, the running or the next one").Cite("抽查监督").
			Reading(QuarterName).OnInput().Test(func(s *Situation) []Words {
		name, _ := QuarterName.Given(s)
		q, ok := register.ParseQuarter(name)
		switch {
		case !ok:
			return Missing("「"+name+"」不是季度", name+" is no quarter")
		case s.Today.After(q.Last()):
			return Missing(name+" 已结束,不得补开", name+" is over and cannot be opened any more")
		case q.Before().First().After(s.Today):
			return Missing(name+" 尚早,只开启本季度和下一季度", name+" is neither the running quarter nor the next one")
		}
		return nil
	})

	CommitmentsSound = Cond("commitments-sound", "各方承诺为64位十六进制数,互不相同", "each party's commitment is 64 hexadecimal digits, no two the same").Cite("抽查监督").
				Reading(Commitments).OnInput().Test(func(s *Situation) []Words {
		items, _ := Commitments.Given(s)
		var out []Words
		for i, it := range items {
			_, err := sampling.ParseHash(it.Text)
			twice := slices.ContainsFunc(items[:i], func(o Item) bool { return o.Key == it.Key || o.Text == it.Text })
			if err != nil || twice {
				out = append(out, Words{Zh: it.Key + " 的承诺有误或重复", En: "the commitment of " + it.Key + " is not sound, or there twice"})
			}
		}
		if len(items) == 0 {
			return Missing("至少一方提交承诺", "at least one party commits")
		}
		if name, _ := QuarterName.Given(s); out == nil {
			if _, ok := register.ParseQuarter(name); ok {
				o := DrawOpening(s.Case.County, openRecord(s)[0].(*register.Quarter))
				if err := o.Check(); err != nil {
					out = Missing("密钥方名称有误", err.Error())
				}
			}
		}
		return out
	})

	// DigestsSound wants the digests that an act gives to be digests: what goes
	// into the log is compared with what is computed, byte by byte.
	DigestsSound = Cond("digests-sound", "摘要为64位小写十六进制数", "a digest is 64 hexadecimal digits in lower case").Cite("抽查监督").
			Reading(FrameDigest, SelectionDigest, BundleDigest).OnInput().Test(func(s *Situation) []Words {
		var out []Words
		for _, f := range []F[string]{FrameDigest, SelectionDigest, BundleDigest} {
			text, given := f.Given(s)
			if _, err := sampling.ParseHash(text); given && err != nil {
				out = append(out, Words{Zh: f.Words.Zh + "有误", En: f.Words.En + " is not one"})
			}
		}
		return out
	})

	KeysAsCommitted = Cond("keys-as-committed", "公开的密钥与承诺一致,各方密钥不同", "the keys are those committed to, and no two the same").Cite("抽查监督").
			Reading(RevealedKeys, Commitments, QuarterName).OnInput().Test(wrongKeys)

	ChecksConcluded = Cond("checks-concluded", "抽查均已办结,或已到关闭期限", "every check is concluded, or the time to close has come").Cite("抽查监督").
			Reading(QuarterName).Test(func(s *Situation) []Words {
		open := Unconcluded(s.View, s.Case, s.On)
		if open == 0 {
			return nil
		}
		return Missing(fmt.Sprintf("还有 %d 件抽查未办结", open), fmt.Sprintf("%d checks are open", open))
	})

	// QuotaMet marks a quarter in which less was checked than the quota.
	QuotaMet = Cond("below-quota", "各层完成抽查达到规定比例", "in every stratum as much was checked as the quota asks").Cite("抽查监督").
			Reading(BelowQuota).Holds(func(s *Situation) bool { items, _ := BelowQuota.Given(s); return len(items) == 0 })
)

// quarterOf is the register's record of the case's quarter, nil before it is
// opened.
func quarterOf(s *Situation) *register.Quarter {
	name, _ := QuarterName.Held(s.Case)
	q, _ := s.View.Quarter(register.QuarterID(name))
	return q
}

// Unconcluded is how many checks a quarter's case has to wait for on a day
// before it can be closed: the open ones, and none any more once its last day
// has come.
func Unconcluded(v View, c *Case, day calendar.Date) int {
	if slices.ContainsFunc(c.Due, func(d Deadline) bool { return d.Action == CloseQuarter.Key && !day.Before(d.On) }) {
		return 0
	}
	name, _ := QuarterName.Held(c)
	return len(v.Held(CheckOpen.Kind, name+"-"))
}

// DrawQuarter is a quarter as the draw hashes it: with the county's code.
func DrawQuarter(county register.CountyID, q register.QuarterID) sampling.Quarter {
	return sampling.Quarter(string(county) + "/" + string(q))
}

// DrawOpening is what the draw takes from a quarter's opening record.
func DrawOpening(county register.CountyID, q *register.Quarter) sampling.Opening {
	o := sampling.Opening{Algorithm: sampling.Version, Quarter: DrawQuarter(county, q.ID), Quota: sampling.Ratio(q.Quota), Online: sampling.Ratio(q.Online),
		Methods: drawWeights(q.Methods), TopUpMethods: drawWeights(q.TopUpMethods), Points: len(q.Points)}
	for _, p := range q.Parties {
		h, _ := sampling.ParseHash(p.Commitment) // the register has read it
		o.Commitments = append(o.Commitments, sampling.Commitment{Party: p.Name, Hash: h})
	}
	o.Strata = []string{register.MergedStratum}
	for _, st := range q.Strata {
		if !slices.Contains(o.Strata, st) {
			o.Strata = append(o.Strata, st)
		}
	}
	slices.Sort(o.Strata)
	return o
}

func drawWeights(ws []register.Weight) sampling.Weights {
	out := make(sampling.Weights, len(ws))
	for i, w := range ws {
		out[i] = sampling.Weight(w)
	}
	return out
}

func wrongKeys(s *Situation) []Words {
	keys, _ := RevealedKeys.Given(s)
	q := quarterOf(s)
	if q == nil {
		return Missing("季度未开启", "the quarter is not open")
	}
	var out []Words
	blame := func(party, zh, en string) { out = append(out, Words{Zh: party + zh, En: party + ": " + en}) }
	seen := map[sampling.Key]bool{}
	for _, p := range q.Parties {
		i := slices.IndexFunc(keys, func(it Item) bool { return it.Key == p.Name })
		if i < 0 {
			blame(p.Name, "未公开密钥", "the key is not revealed")
			continue
		}
		key, ok := parseKey(keys[i].Text)
		switch {
		case !ok || key.Commit(p.Name, DrawQuarter(s.Case.County, q.ID)).String() != p.Commitment:
			blame(p.Name, "的密钥与承诺不符", "the key is not the one committed to")
		case seen[key]:
			blame(p.Name, "与另一方使用同一密钥", "the key is also another party's")
		}
		seen[key] = true
	}
	if len(keys) > len(q.Parties) {
		blame("", "有未作承诺的一方", "a party made no commitment")
	}
	return out
}

func parseKey(text string) (key sampling.Key, ok bool) {
	b, err := hex.DecodeString(text)
	return key, err == nil && copy(key[:], b) == len(key) && len(b) == len(key)
}

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
)

// Quarters is the procedure of a quarter's draw.
func Quarters() *Workflow {
	point := func(r Rule) Rule {
		return Art("抽查监督", r).Giving(PointNumber, FrameDigest, SelectionDigest).If(PointIsNext, NothingPending, DigestsSound).Making(pointRecord).Logged("draw.point")
	}
	return &Workflow{
		Key: QuarterlyDraw, Words: Words{Zh: "季度抽查", En: "quarterly draw"}, Impersonal: true, Params: quarterParams, Statute: statuteOf("抽查监督", "备案监督"),
		Rules: []Rule{
			Art("抽查监督", Clock.May(OpenQuarter).In(New).To(QuarterOpened)).Giving(QuarterName, Commitments).If(QuarterSound, CommitmentsSound).
				Recording(recordQuarterEnds, recordFirstPoint).Claiming(QuarterOnce.Do(Take)).Making(openingRecord).Logged("draw.open").With(paper("抽样开启记录", "opening record")),
			point(Clock.May(RecordPoint).In(QuarterOpened).Stays()).When(Not(IsLastPoint)).Recording(recordNextPoint),
			point(Clock.May(RecordPoint).In(QuarterOpened).To(QuarterDrawn)).When(IsLastPoint),
			Art("抽查监督", Clock.May(PointOpened).In(QuarterOpened, QuarterDrawn).Stays()).Giving(PointNumber).If(PointIsDrawn).Claiming(LastOpened.Do(Release), LastOpened.Do(Take)),
			Art("抽查监督", Clock.May(CloseQuarter).In(QuarterDrawn).To(QuarterClosed)).Giving(RevealedKeys, BundleDigest, CheckResults, QuarterFigures, BelowQuota).
				If(KeysAsCommitted, AllPointsOpened, ChecksConcluded, DigestsSound).Noting(QuotaMet).Making(closingRecord).Logged("draw.close").With(paper("季度抽查报告", "report of the quarter")),
		},
		Dues: []DueRule{
			Due(RecordPoint).Within(Days(1)).Of(NextPointOn).In(QuarterOpened).Cite("抽查监督"),
			Due(CloseQuarter).Within(WorkdaysOf(CloseDays)).Of(QuarterEnds).In(QuarterDrawn).Cite("抽查监督"),
		},
		Invariants: []Invariant{{Key: "drawn-then-closed", Words: Words{Zh: "未开启、未补抽,不能关闭", En: "no quarter is closed that was not opened and drawn"},
			Target: QuarterClosed, Needs: []Action{OpenQuarter, RecordPoint, CloseQuarter}}},
	}
}

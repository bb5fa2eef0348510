package workflows

import (
	"slices"
	"strings"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
	"jinchu/sampling"
)

// CampaignKey is the workflow of a campaign 专项抽查: an extra draw outside the
// quota, by dice that are thrown in public. The list is published first, the
// dice are thrown on a later day before witnesses, and what they draw is
// checked like anything else that was drawn. It is about the county and kept
// by its department, so that neither branch nor committee reaches it.
const CampaignKey = "campaign"

// CampaignDays is the time for the report; checks take longer where faults are
// to be put right.
var CampaignDays = confirm(param("campaign.close_days", "立件后办结专项抽查的期限(日)", "time to close a campaign once its checks are open (days)", 60, Free, 0, "抽查监督"))

// The stages of a campaign.
var (
	CampaignPublished = NewStage("published", "名单已公布", "list published")
	CampaignThrown    = NewStage("thrown", "已掷骰", "dice thrown")
	CampaignDrawn     = NewStage("drawn", "已抽取", "drawn")
	CampaignChecking  = NewStage("checking", "抽查中", "being checked")
	CampaignClosed    = EndStage("closed", "已办结", "closed")
	CampaignWithdrawn = EndStage("withdrawn", "掷骰前已撤销", "withdrawn before the throw")
)

// The actions of a campaign.
var (
	PublishCampaign    = NewAction("publish-campaign", "公布名单和掷骰时间", "publish list and throw")
	WithdrawCampaign   = NewAction("withdraw-campaign", "掷骰前撤销", "withdraw before the throw")
	RecordThrow        = NewAction("record-throw", "登记掷骰点数", "record the faces of the dice")
	DrawCampaign       = NewAction("draw-campaign", "按点数抽取", "draw by the faces")
	OpenCampaignChecks = NewAction("open-campaign-checks", "确认已全部立件", "note that every check is open")
	CloseCampaign      = NewAction("close-campaign", "专项抽查办结", "close the campaign")
)

// What the acts of a campaign give. The list is of filings, the unit of every
// draw; a candidate is the number of a filing, and has no text.
var (
	CampaignName    = TextField("campaign", "专项抽查名称", "name of the campaign")
	CampaignList    = ItemsField("candidates", "候选备案名单", "filings that may be drawn")
	CampaignCount   = NumberField("count", "抽取件数", "how many are drawn")
	CampaignMethod  = ChoiceField("method", "抽查方式", "method", option("visit", "实地走访", "visit"), option("phone", "电话调查", "telephone"))
	CampaignDigest  = TextField("list_digest", "名单摘要", "digest of the list")
	ThrowOn         = DateField("throw_on", "公开掷骰日期", "day of the public throw")
	ThrowPlace      = TextField("throw_place", "公开掷骰地点", "place of the public throw")
	ThrowWitnesses  = PeopleField("witnesses", "见证人", "witnesses")
	ThrowFaces      = TextField("faces", "骰子点数", "faces of the dice")
	CampaignLots    = ItemsField("drawn", "抽中备案", "filings drawn")
	CampaignResults = ItemsField("results", "抽查结果", "results of the checks")
)

// A campaign's name is never given twice: dice that are thrown again draw
// whatever is wanted. CampaignOpen is held until it ends.
var (
	CampaignNamed = &Claim{Kind: "campaign", Cite: "抽查监督", Words: Words{Zh: "专项抽查的名称不重复使用", En: "a campaign's name is used once"}, Fields: []*Field{CampaignName.Field},
		Pick: func(s *Situation) (string, []Words) {
			name, _ := CampaignName.Given(s)
			if holder, taken := s.View.Holder("campaign", name); taken {
				return "", Missing("该名称已用于 "+string(holder), "the name was used by "+string(holder))
			}
			return name, nil
		}}
	CampaignOpen = &Claim{Kind: "open-campaign", Cite: "抽查监督", Words: Words{Zh: "未办结的专项抽查", En: "a campaign that is not closed"}, Fields: []*Field{CampaignName.Field},
		Pick: func(s *Situation) (string, []Words) { name, _ := CampaignName.Given(s); return name, nil }}
)

// Conditions of a campaign.
var (
	CampaignSound = Cond("campaign-sound", "名称和名单只用数字、字母和连字符,名单不重复,抽取一件以上、不超过名单", "name and list are written in letters, digits and dashes, no filing twice, and one to all are drawn").
			Cite("抽查监督").Reading(CampaignName, CampaignList, CampaignCount).OnInput().Test(func(s *Situation) []Words {
		items, _ := CampaignList.Given(s)
		c := givenCampaign(s)
		out := uncanonical(items, func(it Item) bool { return it.Text == "" })
		if err := c.Check(); err != nil && out == nil {
			out = Missing("名称、名单或件数有误", err.Error())
		}
		return out
	})

	// CampaignMeetingsHeld: what is held does not change any more, so that the
	// list stands for the same meetings whenever it is drawn from.
	CampaignMeetingsHeld = Cond("campaign-meetings-held", "名单上的会议均已召开", "every meeting on the list was held").Cite("抽查监督").
				Reading(CampaignList).OnInput().Test(func(s *Situation) []Words {
		items, _ := CampaignList.Given(s)
		var out []Words
		for _, it := range items {
			if f := filingNumbered(s.View, it.Key); f == nil || !f.Held() {
				out = append(out, Words{Zh: it.Key + " 不是已召开的会议", En: it.Key + " is no meeting that was held"})
			}
		}
		return out
	})

	ThrowAnnounced = Cond("throw-announced", "掷骰日期在公布之后", "the throw is on a day after the publication").Cite("抽查监督").
			Reading(ThrowOn).OnInput().Holds(func(s *Situation) bool {
		day, _ := ThrowOn.Given(s)
		return day.After(calendar.Max(s.On, s.Today))
	})

	Witnessed = Cond("witnessed", "见证人两人以上,办理人不在其中", "two witnesses or more, none of them whoever acts").Cite("抽查监督").
			Reading(ThrowWitnesses).OnInput().Holds(func(s *Situation) bool {
		ids, _ := ThrowWitnesses.Given(s)
		return len(ids) >= 2 && !slices.Contains(ids, s.Office.Person)
	})

	ListAsPublished = Cond("list-as-published", "掷骰时的名单就是公布的名单", "the list at the throw is the one that was published").Cite("抽查监督").
			Reading(CampaignDigest).OnInput().Test(func(s *Situation) []Words {
		got, _ := CampaignDigest.Given(s)
		if want, _ := CampaignDigest.Held(s.Case); got != want {
			return Missing("公布的名单摘要为 "+want, "the digest published is "+want)
		}
		return nil
	})

	ThrownAsAnnounced = Cond("thrown-as-announced", "在公布的日期掷骰", "the dice are thrown on the day announced").Cite("抽查监督").
				Reading(ThrowOn).Test(func(s *Situation) []Words {
		day, _ := ThrowOn.Held(s.Case)
		if s.On == day {
			return nil
		}
		return Missing("公布的日期为 "+day.String()+";改期的,撤销后另行公布", "the day announced is "+day.String()+"; to change it, withdraw and publish another campaign")
	})

	FacesSound = Cond("faces-sound", "点数按掷出顺序写作3-6-1,二十次以上", "the faces are written in the order thrown, like 3-6-1, twenty or more").Cite("抽查监督").
			Reading(ThrowFaces).OnInput().Test(func(s *Situation) []Words {
		faces, _ := ThrowFaces.Given(s)
		if err := sampling.CheckFaces(faces); err != nil {
			return Missing("点数的次数或写法有误", err.Error())
		}
		return nil
	})

	// DrawnAsThrown repeats the draw: nobody, the calendar included, puts
	// anything else on record.
	DrawnAsThrown = Cond("drawn-as-thrown", "抽中的就是名单和点数所定", "drawn is what list and faces say").Cite("抽查监督").
			Reading(CampaignLots, ThrowFaces, CampaignDigest).OnInput().Test(func(s *Situation) []Words {
		want, err := CampaignDraw(s.Case)
		if err != nil {
			return Missing("名单或点数有误", err.Error())
		}
		given, _ := CampaignLots.Given(s)
		if !slices.Equal(given, want) {
			return Missing("与名单和点数复算的结果不符", "it is not what the draw gives when it is repeated")
		}
		return nil
	})

	EveryLotOpened = Cond("every-lot-opened", "抽中的每件均已立抽查件", "everything drawn has its check").Cite("抽查监督").
			Reading(CampaignLots).Test(func(s *Situation) []Words {
		lots, _ := CampaignLots.Held(s.Case)
		var out []Words
		for _, it := range lots {
			if !everyCaseChecked(s.View, filingNumbered(s.View, it.Key)) {
				out = append(out, Words{Zh: it.Key + " 尚未立件", En: it.Key + " has no check yet"})
			}
		}
		return out
	})

	EveryLotConcluded = Cond("every-lot-concluded", "抽中的抽查均已办结", "every check of what was drawn is concluded").Cite("抽查监督").
				Reading(CampaignLots).Test(func(s *Situation) []Words {
		lots, _ := CampaignLots.Held(s.Case)
		var out []Words
		for _, it := range lots {
			if len(s.View.Held(CheckOpen.Kind, it.Key+"/")) > 0 {
				out = append(out, Words{Zh: it.Key + " 的抽查未办结", En: "a check of " + it.Key + " is open"})
			}
		}
		return out
	})
)

// filingNumbered is a filing by its number; nil where there is none.
func filingNumbered(v View, id string) *register.Filing {
	name, _, _ := strings.Cut(id, "-")
	q, ok := register.ParseQuarter(name)
	if !ok {
		return nil
	}
	filings := v.FilingsOf(q)
	i := slices.IndexFunc(filings, func(f *register.Filing) bool { return string(f.ID) == id })
	if i < 0 {
		return nil
	}
	return filings[i]
}

// everyCaseChecked reports whether every case of a filing has its check.
func everyCaseChecked(v View, f *register.Filing) bool {
	return f != nil && !slices.ContainsFunc(f.Cases, func(id string) bool {
		_, drawn := v.Holder(CheckDrawn.Kind, string(f.ID)+"/"+id)
		return !drawn
	})
}

// campaign is a campaign as the draw hashes it: its name is the county's, as
// 420683/students-2026, so that no two counties share what they hash.
func campaign(county register.CountyID, name string, list []Item, count int64) sampling.Campaign {
	c := sampling.Campaign{ID: string(county) + "/" + name, Count: int(count)}
	for _, it := range list {
		c.Candidates = append(c.Candidates, it.Key)
	}
	return c
}

func givenCampaign(s *Situation) sampling.Campaign {
	name, _ := CampaignName.Given(s)
	list, _ := CampaignList.Given(s)
	count, _ := CampaignCount.Given(s)
	return campaign(s.Case.County, name, list, count)
}

// CampaignOf is the campaign that was published.
func CampaignOf(c *Case) sampling.Campaign {
	name, _ := CampaignName.Held(c)
	list, _ := CampaignList.Held(c)
	count, _ := CampaignCount.Held(c)
	return campaign(c.County, name, list, count)
}

// CampaignDraw is what the faces on record draw, lowest ticket first. It is an
// error where nothing was thrown.
func CampaignDraw(c *Case) ([]Item, error) {
	faces, _ := ThrowFaces.Held(c)
	published := CampaignOf(c)
	drawn, err := published.Draw(faces)
	if err != nil {
		return nil, err
	}
	out := make([]Item, len(drawn))
	for i, id := range drawn {
		out[i].Key = id
	}
	return out, nil
}

var recordListDigest = Computing(CampaignDigest, func(s *Situation) (string, bool) {
	c := givenCampaign(s)
	return c.Digest().String(), true
})

// Campaigns is the procedure of a campaign.
func Campaigns() *Workflow {
	ending := func(r Rule) Rule { return r.Claiming(CampaignOpen.Do(Release)) }
	w := &Workflow{
		Key: CampaignKey, Words: Words{Zh: "专项抽查", En: "campaign"}, Impersonal: true, Params: []*Param{CampaignDays}, Statute: statuteOf("抽查监督"),
		Rules: []Rule{
			InspectionLead.May(PublishCampaign).In(New).To(CampaignPublished).
				Giving(CampaignName, CampaignList, CampaignCount, CampaignMethod, ThrowOn, ThrowPlace, ThrowWitnesses).
				If(KeptByCounty, CampaignSound, CampaignMeetingsHeld, ThrowAnnounced, Witnessed).Recording(recordListDigest).
				Claiming(CampaignNamed.Do(Take), CampaignOpen.Do(Take)).Logged("draw.campaign").With(paper("专项抽查公告", "notice of the campaign")),
			ending(InspectionLead.May(WithdrawCampaign).In(CampaignPublished).To(CampaignWithdrawn).Giving(StopReason)),
			InspectionLead.May(RecordThrow).In(CampaignPublished).To(CampaignThrown).Giving(CampaignDigest, ThrowFaces, ThrowWitnesses).
				If(ListAsPublished, ThrownAsAnnounced, FacesSound, Witnessed).Logged("draw.throw").With(paper("掷骰记录", "record of the throw")),
			Clock.May(DrawCampaign).In(CampaignThrown).To(CampaignDrawn).Giving(CampaignLots).If(DrawnAsThrown).Logged("draw.lots").With(paper("抽样记录", "record of the draw")),
			Clock.May(OpenCampaignChecks).In(CampaignDrawn).To(CampaignChecking).If(EveryLotOpened),
			ending(Clock.May(CloseCampaign).In(CampaignChecking).To(CampaignClosed).Giving(CampaignResults).If(EveryLotConcluded)).
				Logged("draw.close").With(paper("专项抽查报告", "report of the campaign")),
		},
		Dues: []DueRule{
			Due(RecordThrow).Within(Days(1)).Of(ThrowOn).In(CampaignPublished).Cite("抽查监督"),
			Due(DrawCampaign).Within(Days(1)).Of(Entry).In(CampaignThrown).Cite("抽查监督"),
			Due(OpenCampaignChecks).Within(Days(1)).Of(Entry).In(CampaignDrawn).Cite("抽查监督"),
			Due(CloseCampaign).Within(DaysOf(CampaignDays)).Of(Entry).In(CampaignChecking).Cite("抽查监督"),
		},
		Invariants: []Invariant{{Key: "published-then-thrown", Words: Words{Zh: "名单未公布、骰子未掷,不得抽取和办结", En: "nothing is drawn or closed before list and throw are on record"},
			Target: CampaignClosed, Needs: []Action{PublishCampaign, RecordThrow, DrawCampaign, OpenCampaignChecks, CloseCampaign}}},
	}
	for i := range w.Rules {
		w.Rules[i].Article = "抽查监督"
	}
	return w
}

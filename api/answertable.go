package api

import (
	"fmt"
	"slices"
	"strings"

	"jinchu/engine"
	"jinchu/papers"
	"jinchu/register"
)

// The tables of responsibility, for printing and passing on. Facts stand in
// the JSON only: what somebody saw is named here by the head of the chain.

// postWords are the posts as a table says them.
var postWords = map[register.Post]engine.Words{
	register.BranchSecretary:    {Zh: "支部书记", En: "branch secretary"},
	register.OrgCommissioner:    {Zh: "组织委员", En: "organization commissioner"},
	register.GeneralBranchChief: {Zh: "总支书记", En: "general branch secretary"},
	register.CommitteeReviewer:  {Zh: "党委组织干事", En: "committee reviewer"},
	register.CommitteeSecretary: {Zh: "党委书记", En: "committee secretary"},
	register.Organizer:          {Zh: "组织员", En: "organizer"},
	register.DepartmentOfficer:  {Zh: "部门经办人", En: "department officer"},
	register.CountyReviewer:     {Zh: "组织部审核员", En: "county reviewer"},
	register.CountyHead:         {Zh: "组织部负责人", En: "county head"},
	register.Inspector:          {Zh: "督查专班", En: "inspector"},
	register.Auditor:            {Zh: "审计、纪检", En: "auditor"},
	register.Administrator:      {Zh: "管理员", En: "administrator"},
	register.Clock:              {Zh: "系统(时限)", En: "the clock"},
}

// lingo is a table in one language.
type lingo struct{ en bool }

func (l lingo) say(zh, en string) string {
	if l.en {
		return en
	}
	return zh
}

func (l lingo) words(w engine.Words) string { return l.say(w.Zh, w.En) }

// name is the words of a thing, its key where it has none.
func (l lingo) name(n Named) string {
	if n.Zh == "" && n.En == "" {
		return n.Key
	}
	return l.say(n.Zh, n.En)
}

func (l lingo) columns(pairs ...string) []papers.Column {
	var out []papers.Column
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, papers.Column{Title: l.say(pairs[i], pairs[i+1])})
	}
	return out
}

var answerColumns = []string{"案件", "case", "序号", "seq", "日期", "date", "记录时间", "recorded at", "责任身份", "capacity",
	"事项", "act", "人员", "person", "岗位", "post", "组织", "organization", "岗位编号", "office", "依据", "article",
	"规则编号", "rule", "规则现行", "rule stands", "原阶段", "from", "新阶段", "to", "决定", "decision", "标记", "flags", "理由", "reason"}

// answerCells are the cells of the columns above.
func (l lingo) answerCells(a *AnswerableView) []any {
	capacity := l.name(a.Capacity)
	if a.NamedAs != nil {
		capacity = l.name(*a.NamedAs)
	}
	person := a.PersonName
	if person == "" {
		person = string(a.Person)
	}
	var flags []string
	for _, f := range a.Flags {
		flags = append(flags, l.flag(f))
	}
	return []any{string(a.Case), a.Seq, a.On, a.At, capacity, l.name(a.Action.Named), person, l.post(a.Post), a.OrgName, string(a.Office),
		string(a.Article), a.Rule, l.known(a.RuleKnown), l.name(a.From.Named), l.name(a.To.Named), l.said(a.Said), strings.Join(flags, l.say("、", ", ")), a.Reason}
}

func (l lingo) post(p register.Post) string { return l.words(postWords[p]) }

func (l lingo) known(known bool) string {
	if known {
		return l.say("是", "yes")
	}
	return l.say("否,规则已变更", "no, it has changed")
}

func (l lingo) flag(f string) string {
	switch f {
	case engine.FlagLate:
		return l.say("逾期办理", "late")
	case engine.FlagBackDated:
		return l.say("补录", "back-dated")
	}
	return f
}

// said are the values of an act as a text.
func (l lingo) said(values []SaidView) string {
	var out []string
	for _, v := range values {
		out = append(out, l.name(v.Named)+l.say(":", ": ")+l.value(v))
	}
	return strings.Join(out, l.say(";", "; "))
}

func (l lingo) value(v SaidView) string {
	switch value := v.Value.(type) {
	case bool:
		return l.yes(value)
	case string:
		return l.option(v.field, value)
	case []string:
		out := make([]string, len(value))
		for i, key := range value {
			out[i] = l.option(v.field, key)
		}
		return strings.Join(out, l.say("、", ", "))
	}
	return fmt.Sprint(v.Value)
}

func (l lingo) option(f *engine.Field, key string) string {
	for _, o := range f.Options {
		if o.Key == key {
			return l.words(o.Words)
		}
	}
	return key
}

func responsibilityTable(r *ResponsibilityView, en bool) *papers.Table {
	l := lingo{en}
	t := &papers.Table{Title: l.say("责任清单 ", "Who answers for the case ") + string(r.ID),
		Columns: l.columns(slices.Concat(answerColumns, []string{"所见序号", "saw seq", "所见阶段", "saw stage", "所见轮次", "saw round", "所见链首", "saw head"})...),
		Notes: []string{l.say("所见:办理时案件所处的序号、阶段、轮次和哈希链首;当时的内容见接口。",
			"Saw: the seq, stage, round and head of the hash chain when they acted; what the case held then is in the API.")}}
	if r.Cut {
		t.Notes = append(t.Notes, l.say("附属案件过多,未全部列出。", "There are more dependent cases than are listed."))
	}
	for i := range r.Entries {
		a := &r.Entries[i]
		row := l.answerCells(a)
		if a.Saw != nil {
			row = append(row, a.Saw.Seq, l.name(a.Saw.Stage.Named), a.Saw.Round, a.Saw.Head.String())
		} else {
			row = append(row, nil, nil, nil, nil)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func deedsTable(d *DeedsView, en bool) *papers.Table {
	l := lingo{en}
	t := &papers.Table{Title: l.say("经办事项及结果", "Deeds and how they turned out"),
		Columns: l.columns(slices.Concat(answerColumns, []string{"案件现阶段", "stage now", "进入日期", "since", "已办结", "ended",
			"附属案件", "dependent cases", "其后退回、不予通过、失效", "returned, refused or lapsed since"})...)}
	if d.Next != "" {
		t.Notes = []string{l.say("本表为一部分,续表见接口。", "This is a part; the next one is in the API.")}
	}
	for i := range d.Items {
		item := &d.Items[i]
		row := l.answerCells(&item.AnswerableView)
		if o := item.Outcome; o != nil {
			row = append(row, l.name(o.Stage.Named), o.StageOn, l.yes(o.Ended), l.checks(o.Checks), l.later(o.Later))
		} else {
			row = append(row, l.say("已不在可查范围", "out of reach by now"), nil, nil, nil, nil)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (l lingo) yes(b bool) string {
	if b {
		return l.say("是", "yes")
	}
	return l.say("否", "no")
}

func (l lingo) checks(cs []ChildView) string {
	var out []string
	for _, c := range cs {
		out = append(out, string(c.ID)+" "+l.name(c.Stage.Named))
	}
	return strings.Join(out, "\n")
}

func (l lingo) later(ls []LaterView) string {
	var out []string
	for _, a := range ls {
		out = append(out, a.On.String()+" "+l.name(a.Action.Named))
	}
	return strings.Join(out, "\n")
}

package draw

import (
	"bytes"
	"fmt"
	"slices"

	"jinchu/engine"
)

// Rulebook is the workflow as a Markdown document for those who sign it: each
// sentence beside the text of its article, in Chinese and English, by stage;
// then deadlines, parameters with the county's values, invariants, waivers,
// and the articles that only conditions, deadlines and parameters cite.
func Rulebook(w *engine.Workflow) []byte {
	b := &book{w: w, shown: map[engine.Article]bool{}}
	b.printf("# %s · 规则手册\n\n%s: rulebook\n\n", w.Words.Zh, upper(w.Words.En))
	b.printf("本手册由规则自动生成:%d 条规则,%d 个期限,%d 个阶段。每条规则左为条文,右为系统执行的规则。\n\n", len(w.Rules), len(w.Dues), len(w.Stages()))
	b.printf("Generated from the rules: %d rules, %d deadlines, %d stages. Each rule stands beside the article it comes from.\n\n", len(w.Rules), len(w.Dues), len(w.Stages()))
	for i, st := range orderedStages(w) {
		b.stage(i+1, st)
	}
	b.deadlines()
	b.params()
	b.invariants()
	b.waivers()
	b.statute()
	return b.Bytes()
}

type book struct {
	bytes.Buffer
	w     *engine.Workflow
	shown map[engine.Article]bool // whose text stands beside a rule
}

func (b *book) printf(format string, args ...any) { fmt.Fprintf(b, format, args...) }

// stage writes the rules that start from a stage. A rule of several stages
// stands in full under the first and is referred to under the others.
func (b *book) stage(n int, st engine.Stage) {
	b.printf("## %d. %s · %s\n\n`%s`", n, st.Words.Zh, st.Words.En, st.Key)
	if st.End {
		b.printf(" · 终点 end")
	}
	b.printf("\n\n")
	var also []string
	for _, r := range b.w.RulesIn(st.Key) {
		if first := b.first(r); first != st.Key {
			also = append(also, fmt.Sprintf("R%d %s", number(b.w, r), r.Action.Words.Zh))
			continue
		}
		b.rule(r)
	}
	if len(also) > 0 {
		b.printf("本阶段还适用 also in this stage: ")
		for i, a := range also {
			if i > 0 {
				b.printf("、")
			}
			b.printf("%s", a)
		}
		b.printf("\n\n")
	}
}

// first is the stage under which a rule stands in full.
func (b *book) first(r *engine.Rule) string {
	for _, st := range orderedStages(b.w) {
		if slices.Contains(r.From, st) {
			return st.Key
		}
	}
	return ""
}

func (b *book) rule(r *engine.Rule) {
	b.printf("### R%d %s · %s\n\n", number(b.w, r), r.Action.Words.Zh, r.Action.Words.En)
	b.printf("`%s`", r.Action.Key)
	if r.Action.Step > 0 {
		b.printf(" · 二十五步之第 %d 步 step %d", r.Action.Step, r.Action.Step)
	}
	b.printf(" · 规则号 rule `%s`\n\n", r.ID)
	s := sentence(r)
	b.printf("| 条文 Article | 规则 Rule |\n|---|---|\n| %s | %s<br><br>%s |\n\n", b.article(r.Article), cell(s.Zh), cell(s.En))
}

// article is the citation with its text, and marks it as shown.
func (b *book) article(a engine.Article) string {
	if a == "" {
		return "—"
	}
	b.shown[a] = true
	text, ok := b.w.Statute[a]
	if !ok {
		return fmt.Sprintf("**%s**", cell(string(a)))
	}
	return fmt.Sprintf("**%s**<br>%s<br><br>%s", cell(string(a)), cell(text.Zh), cell(text.En))
}

func (b *book) deadlines() {
	b.printf("## 期限 · Deadlines\n\n")
	if len(b.w.Dues) == 0 {
		b.printf("无 none\n\n")
		return
	}
	b.printf("| 期限 Deadline | 阶段 Stages | 条文 Article |\n|---|---|---|\n")
	for i := range b.w.Dues {
		d := &b.w.Dues[i]
		s, in := dueSentence(d), list(each(d.Stages, func(s engine.Stage) engine.Words { return s.Words }))
		b.printf("| %s<br>%s | %s | %s |\n", cell(s.Zh), cell(s.En), cell(in.Zh), cell(string(d.Article)))
	}
	b.printf("\n")
}

func (b *book) params() {
	b.printf("## 参数 · Parameters\n\n")
	if len(b.w.Params) == 0 {
		b.printf("无 none\n\n")
		return
	}
	profile := b.w.Profile()
	b.printf("| 参数 Parameter | 含义 Meaning | 国家值 National | 界限 Bound | 来源 Source |")
	rule := "|---|---|---|---|---|"
	if profile != nil {
		b.printf(" %s %s |", cell(profile.Words.Zh), cell(profile.Words.En))
		rule += "---|"
	}
	b.printf("\n%s\n", rule)
	for _, p := range b.w.Params {
		source := string(p.Cite)
		if source == "" {
			source = "设计选择 design choice"
		}
		if p.Unverified {
			source += "<br>**待县确认 / county to confirm**"
		}
		b.printf("| `%s` | %s<br>%s | %s | %s | %s |", p.Key, cell(p.Words.Zh), cell(p.Words.En), paramValue(p, p.Default), bound(p), cell(source))
		if profile != nil {
			b.printf(" %s |", county(profile, p))
		}
		b.printf("\n")
	}
	b.printf("\n")
}

func bound(p *engine.Param) string {
	switch p.Bound {
	case engine.Fixed:
		return "固定 fixed"
	case engine.AtLeast:
		return "不少于 at least " + paramValue(p, p.Limit)
	case engine.AtMost:
		return "不超过 at most " + paramValue(p, p.Limit)
	}
	return "县定 the county's choice"
}

// county is the county's value of each period that sets one.
func county(profile *engine.Profile, p *engine.Param) string {
	out := ""
	for _, period := range profile.Periods {
		v, ok := period.Values[p.Key]
		if !ok {
			continue
		}
		if out != "" {
			out += "<br>"
		}
		out += fmt.Sprintf("%s 起 from: %s", period.From, paramValue(p, v))
	}
	if out == "" {
		return "同国家值 as national"
	}
	return out
}

func (b *book) invariants() {
	b.printf("## 不变式 · Invariants\n\n在各版条文及其合并的阶段图上证明 proved on the graph of every edition and of all of them together:\n\n")
	for _, inv := range b.w.Invariants {
		needs := list(each(inv.Needs, func(a engine.Action) engine.Words { return a.Words }))
		b.printf("- **%s** · %s<br>到达「%s」必经:%s<br>no way to %s without: %s\n", inv.Words.Zh, inv.Words.En,
			inv.Target.Words.Zh, needs.Zh, inv.Target.Words.En, needs.En)
	}
	if len(b.w.Invariants) == 0 {
		b.printf("无 none\n")
	}
	b.printf("\n")
}

// waivers lists what the check found and was accepted, and what stands.
func (b *book) waivers() {
	b.printf("## 检查 · Findings\n\n")
	findings := b.w.Check()
	if len(findings) == 0 {
		b.printf("无 none\n\n")
		return
	}
	b.printf("| 问题 Finding | 说明 Meaning | 豁免理由 Waived because |\n|---|---|---|\n")
	for _, f := range findings {
		reason := f.Waived
		if reason == "" {
			reason = "**未豁免 stands**"
		}
		b.printf("| `%s` | %s<br>%s | %s |\n", cell(f.Key), cell(f.Words.Zh), cell(f.Words.En), cell(reason))
	}
	b.printf("\n")
}

// statute gives the text of the articles that stand beside no rule.
func (b *book) statute() {
	b.printf("## 其他条文 · Other articles\n\n仅由条件、期限、参数引用的条文。Cited by conditions, deadlines and parameters only.\n\n")
	b.printf("| 条文 Article | 中文 | English |\n|---|---|---|\n")
	for _, a := range b.w.Cited() {
		if !b.shown[a] {
			b.printf("| **%s** | %s | %s |\n", cell(string(a)), cell(b.w.Statute[a].Zh), cell(b.w.Statute[a].En))
		}
	}
}

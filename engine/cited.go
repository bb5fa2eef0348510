package engine

import "slices"

// eachCondition visits every condition of the workflow, with the words of
// the sentence it stands in.
func (w *Workflow) eachCondition(visit func(c *Condition, in Action)) {
	for i := range w.Rules {
		r := &w.Rules[i]
		for j := range r.Selects {
			visit(&r.Selects[j], r.Action)
		}
		for j := range r.Needs {
			visit(&r.Needs[j], r.Action)
		}
		for j := range r.Warns {
			visit(&r.Warns[j], r.Action)
		}
	}
	for i := range w.Dues {
		if c := w.Dues[i].Open; c != nil {
			visit(c, w.Dues[i].Action)
		}
	}
}

// anchorParts are what an anchor looks at: date fields and acts.
func anchorParts(a Anchor) (fields []*Field, acts []Action) {
	switch a := a.(type) {
	case latest:
		fa, aa := anchorParts(a.a)
		fb, ab := anchorParts(a.b)
		return append(fa, fb...), append(aa, ab...)
	case done:
		return nil, []Action{a.action}
	case AnyField:
		return []*Field{a.field()}, nil
	}
	return nil, nil
}

// checkReads wants everything that is looked at to be given somewhere, every
// rule to be in force on some day, and every parameter to be listed.
func (w *Workflow) checkReads(f *findings) {
	reads := func(fields []*Field, acts []Action, in Action) {
		for _, x := range fields {
			if w.fields[x.Key] == nil {
				f.add(nil, "「"+in.Words.Zh+"」要看栏目「"+x.Words.Zh+"」,却没有规则填写它",
					in.Words.En+" looks at the field "+x.Words.En+", which no rule gives", "unread", x.Key)
			}
		}
		for _, a := range acts {
			if w.byAction[a.Key] == nil {
				f.add(nil, "「"+in.Words.Zh+"」要看「"+a.Words.Zh+"」是否已办,却没有规则允许它",
					in.Words.En+" looks for the act "+a.Words.En+", which no rule allows", "undone", a.Key)
			}
		}
	}
	w.eachCondition(func(c *Condition, in Action) {
		reads(c.Fields, c.Acts, in)
		if c.test == nil {
			f.add(nil, "条件「"+c.Words.Zh+"」没有检验", "the condition "+c.Words.En+" has no test", "untested", c.Key)
		}
	})
	for i := range w.Dues {
		d := &w.Dues[i]
		fields, acts := anchorParts(d.Anchor)
		reads(fields, acts, d.Action)
		w.checkParams(f, d.Action, d.Span.Param, d.since.param, d.until.param)
	}
	for i := range w.Rules {
		r := &w.Rules[i]
		w.checkParams(f, r.Action, r.since.param, r.until.param)
		if !r.Until.IsZero() && !r.Since.Before(r.Until) {
			f.add(nil, "「"+r.Action.Words.Zh+"」的一条规则在任何一天都不施行", "a rule of "+r.Action.Words.En+" is in force on no day",
				"never", r.Action.Key, r.target("stay"))
		}
	}
}

func (w *Workflow) checkParams(f *findings, in Action, params ...*Param) {
	for _, p := range params {
		if p != nil && !slices.Contains(w.Params, p) {
			f.add(nil, "「"+in.Words.Zh+"」用到的参数「"+p.Words.Zh+"」未列出", in.Words.En+" uses the parameter "+p.Key+", which is not listed", "param", p.Key)
		}
	}
}

// Cited are all articles the workflow cites, each once, in the order of the
// sentences. With several workflows over one statute, an article is cited if
// one of them cites it.
func (w *Workflow) Cited() []Article {
	var out []Article
	cite := func(list ...Article) {
		for _, a := range list {
			if a != "" && !slices.Contains(out, a) {
				out = append(out, a)
			}
			if w.Older == nil || a == "" {
				continue
			}
			if older := w.Older(a); older != "" && !slices.Contains(out, older) {
				out = append(out, older)
			}
		}
	}
	for i := range w.Rules {
		cite(w.Rules[i].Article, w.Rules[i].WhoCites)
		for _, op := range w.Rules[i].Claims {
			cite(op.Claim.Cite)
		}
	}
	for i := range w.Dues {
		cite(w.Dues[i].Article)
	}
	w.eachCondition(func(c *Condition, _ Action) { cite(c.Cites...) })
	for _, p := range w.Params {
		cite(p.Cite)
	}
	return out
}

// checkArticles compares what is cited with the statute.
func (w *Workflow) checkArticles(f *findings) {
	cited := w.Cited()
	for _, a := range cited {
		if _, ok := w.Statute[a]; !ok {
			f.add(nil, "引用的「"+string(a)+"」没有条文", "the cited article "+string(a)+" has no text", "no-text", string(a))
		}
	}
	for a := range w.Statute {
		if !slices.Contains(cited, a) {
			f.add(nil, "条文「"+string(a)+"」没有被引用", "the article "+string(a)+" is cited by nothing", "uncited", string(a))
		}
	}
	for i := range w.Rules {
		if r := &w.Rules[i]; r.Article == "" {
			f.add(nil, "「"+r.Action.Words.Zh+"」的规则没有条文依据", "a rule of "+r.Action.Words.En+" cites no article", "no-article", r.Action.Key)
		}
	}
	for i := range w.Dues {
		if d := &w.Dues[i]; d.Article == "" {
			f.add(nil, "「"+d.Action.Words.Zh+"」的期限没有条文依据", "the deadline of "+d.Action.Words.En+" cites no article", "no-article", "due", d.Action.Key)
		}
	}
}

package supervise

import (
	"slices"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/workflows"
)

// rolesOf are the roles that may do an action in a stage.
func rolesOf(w *engine.Workflow, stage, action string) []engine.Role {
	var out []engine.Role
	for _, r := range w.RulesOf(action) {
		if slices.ContainsFunc(r.From, func(st engine.Stage) bool { return st.Key == stage }) {
			out = append(out, r.Role)
		}
	}
	return out
}

// responsible are the organizations that owe a step of a case, by the roles of
// its rules, and of several levels that may take it the lowest: the
// organization that keeps the case, the committee with power to
// approve above it, the general branch, or the county. Of departments that
// were asked, those that owe their answer; where that cannot be told, the
// committee that asked.
func responsible(view engine.View, w *engine.Workflow, c *engine.Case, action string) []*register.Org {
	roles := rolesOf(w, c.Stage, action)
	has := func(posts ...register.Post) bool {
		return slices.ContainsFunc(roles, func(r engine.Role) bool {
			return slices.ContainsFunc(r.Posts, func(p register.Post) bool { return slices.Contains(posts, p) })
		})
	}
	scoped := func(scope engine.Scope) bool {
		return slices.ContainsFunc(roles, func(r engine.Role) bool { return r.Scope == scope })
	}
	var org *register.Org
	var ok bool
	switch {
	case scoped(engine.Consulted):
		if owing := departments(view, c); len(owing) > 0 {
			return owing
		}
		org, ok = register.ApprovingCommittee(view, c.Org)
	case len(roles) == 0, scoped(engine.OwnCase), has(register.BranchPosts...):
		org, ok = view.Org(c.Org)
	case has(register.CommitteePosts...):
		org, ok = register.ApprovingCommittee(view, c.Org)
	case has(register.GeneralBranchChief):
		org, ok = register.Above(view, c.Org, func(o *register.Org) bool { return o.Kind == register.GeneralBranch })
	}
	if !ok {
		if org, ok = view.Org(register.OrgID(c.County)); !ok {
			return nil
		}
	}
	return []*register.Org{org}
}

// departments are those that owe an answer in a case.
func departments(view engine.View, c *engine.Case) []*register.Org {
	var out []*register.Org
	for _, duty := range workflows.Owing(c) {
		for _, o := range view.Below(register.OrgID(c.County)) {
			if o.Kind == register.Department && o.Duty == duty {
				out = append(out, o)
			}
		}
	}
	return out
}

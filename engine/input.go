package engine

import (
	"fmt"
	"slices"

	"jinchu/register"
)

// checkFields decodes what the move gives: unknown fields and wrong types are
// bad input, not a refusal.
func (s *Situation) checkFields(rules []*Rule) error {
	for key, raw := range s.Given {
		f := fieldOf(rules, key)
		if f == nil {
			return invalid("unknown-field", key, "没有这个栏目", fmt.Sprintf("%s takes no field of this name; it takes: %s", s.Action, fieldKeys(rules)))
		}
		v, err := f.decode(raw)
		if err != nil {
			return invalid("wrong-type", key, "「"+f.Words.Zh+"」填写有误", err.Error())
		}
		if err := s.resolve(key, v); err != nil {
			return err
		}
	}
	return nil
}

// checkTaken wants every field of the move to be one of the rule that judges
// it: the fields of the action's other rules are none of its business.
func (s *Situation) checkTaken(r *Rule) error {
	for key := range s.Given {
		if r.gives(key) == nil {
			return invalid("unknown-field", key, "此种情形没有这个栏目", fmt.Sprintf("%s takes no field of this name here; it takes: %s", s.Action, fieldKeys([]*Rule{r})))
		}
	}
	return nil
}

func fieldOf(rules []*Rule, key string) *Field {
	for _, r := range rules {
		if f := r.gives(key); f != nil {
			return f
		}
	}
	return nil
}

func fieldKeys(rules []*Rule) string {
	var keys []string
	for _, r := range rules {
		for _, f := range slices.Concat(r.Required, r.Optional) {
			if !slices.Contains(keys, f.Key) {
				keys = append(keys, f.Key)
			}
		}
	}
	return fmt.Sprint(keys)
}

// resolve looks up the people and organizations a value names and keeps the
// value as it is known now.
func (s *Situation) resolve(key string, v any) error {
	known := func(ids ...register.PersonID) error {
		for _, id := range ids {
			if _, ok := s.View.Person(id); !ok && s.View.Err() == nil {
				return invalid("unknown-person", key, "登记册中没有此人", fmt.Sprintf("person %q is not in the register of the county", id))
			}
		}
		return nil
	}
	var err error
	switch v := v.(type) {
	case register.PersonID:
		err = known(v)
	case []register.PersonID:
		err = known(v...)
	case register.OrgID:
		if _, ok := s.View.Org(v); !ok && s.View.Err() == nil {
			err = invalid("unknown-org", key, "登记册中没有此组织", fmt.Sprintf("organization %q is not in the register of the county", v))
		}
	case Roster:
		for i := range v {
			if err = known(v[i].Person); err != nil {
				break
			}
			if p, ok := s.View.Person(v[i].Person); ok {
				v[i].Standing, v[i].Vote = p.Standing, p.HasVote()
			}
		}
	case []Exclusion:
		for _, x := range v {
			if err = known(x.Person); err != nil {
				break
			}
		}
	}
	s.Given[key] = v
	return err
}

// checkDates refuses days that cannot be: in the future, before the last act,
// or in the past without a reason.
func (s *Situation) checkDates() error {
	switch {
	case s.On.After(s.Today):
		return invalid("future-date", "on", "不得填写将来的日期 "+s.On.String(),
			fmt.Sprintf("the act is dated %s, after today %s; record it when it has happened", s.On, s.Today))
	case s.On.Before(s.Case.StageOn):
		return invalid("before-stage", "on", "早于进入本阶段的日期 "+s.Case.StageOn.String(),
			fmt.Sprintf("the act is dated %s, before the case entered its stage on %s", s.On, s.Case.StageOn))
	case s.On.Before(s.Today) && s.Reason == "":
		return invalid("back-dated", "reason", "补录 "+s.On.String()+" 的事项须说明理由",
			fmt.Sprintf("the act is dated %s, before today %s; say why it is recorded late", s.On, s.Today))
	}
	return nil
}

// checkOrder refuses a step that is dated before what it builds on: only an
// act that adds facts may be recorded out of the order of the days.
func (s *Situation) checkOrder(r *Rule) error {
	if r.Stay || !s.On.Before(s.Case.LastOn) {
		return nil
	}
	return invalid("before-last-act", "on", "早于本案最近一次办理的日期 "+s.Case.LastOn.String(),
		fmt.Sprintf("the act is dated %s, before the last act of the case on %s", s.On, s.Case.LastOn))
}

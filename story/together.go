package story

import (
	"fmt"
	"sync"

	"jinchu/engine"
	"jinchu/register"
)

// together is a line that does two deeds at once.
type together struct {
	deeds [2]*deed
	want  string // "one", "both" or "same"
}

func (s together) run(r *runner, _ *Line) error {
	var answers [2]*engine.Answer
	var errs [2]error
	var offices [2]*register.Office
	var moves [2]engine.Move
	var cases [2]*caseName
	for i, d := range s.deeds {
		var err error
		if offices[i], moves[i], cases[i], err = r.move(d, true); err != nil {
			return err
		}
	}
	var wg sync.WaitGroup
	for i := range s.deeds {
		wg.Go(func() { answers[i], errs[i] = r.driver.Act(r.ctx, offices[i].ID, moves[i], r.now) })
	}
	wg.Wait()
	for i, d := range s.deeds {
		if kindOf(errs[i]) == broken {
			return errs[i]
		}
		if errs[i] == nil {
			r.remember(d, cases[i], moves[i], answers[i])
		}
	}
	return s.judge(answers, errs)
}

func (s together) judge(answers [2]*engine.Answer, errs [2]error) error {
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		}
	}
	ok := false
	switch s.want {
	case "one":
		ok = done == 1
	case "both":
		ok = done == 2 && (answers[0].Case != answers[1].Case || answers[0].Seq != answers[1].Seq)
	case "same":
		ok = done == 2 && answers[0].Case == answers[1].Case && answers[0].Seq == answers[1].Seq
	}
	if ok {
		return nil
	}
	return &mismatch{want: "that " + map[string]string{"one": "exactly one is accepted", "both": "both are accepted",
		"same": "both get the same answer"}[s.want], fatal: true,
		got: fmt.Sprintf("%s; and %s", describe(answers[0], errs[0]), describe(answers[1], errs[1]))}
}

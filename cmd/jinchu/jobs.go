package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"jinchu/engine"
	"jinchu/register"
	"jinchu/scheduler"
	"jinchu/spotcheck"
	"jinchu/store"
	"jinchu/supervise"
)

// jobs are what is done in a county without anybody asking, in the order in
// which it is done. Names are the keys of what was run: they are never changed.
// A list that is only printed needs no keeper. The jobs that raise what is
// overdue share their sweeps in the round; nil lets each make its own.
func jobs(k *spotcheck.Keeper, round *supervise.Round) []scheduler.Job {
	if k == nil {
		k = &spotcheck.Keeper{}
	}
	out := []scheduler.Job{
		asOfNow("quarter-open", "10 0 * * *", "开启季度抽查", "open the quarters of the spot checks", k.Open),
		asOfNow("clock-acts", "20 0 * * *", "到期由系统办理的事项", "acts of the calendar itself, where a term has passed",
			func(ctx context.Context, now time.Time) (int, error) { return k.Engine.Tick(ctx, k.County, now) }),
		asOfNow("sampling-shares", "*/10 * * * *", "索取抽签份额", "ask for the shares of the draw", k.Ask),
		asOfNow("sampling-points", "30 0 * * *", "补抽时点", "top-up points of the draw", k.Points),
		asOfNow("sampling-tell", "5 * * * *", "会前告知督查专班", "tell the inspectors before the meetings", k.Tell),
		asOfNow("campaigns", "*/10 * * * *", "专项抽查:按点数抽取、立件、办结", "campaigns: draw by the dice, open the checks, close", k.Campaigns),
		asOfNow("quarter-close", "40 0 * * *", "公开并关闭季度抽查", "reveal and close the quarters", k.Close),
		ofSlot("failed-checks", "45 0 * * *", scheduler.Once, "抽查不合格督办", "supervise failed checks", k, supervise.RaiseFailedChecks),
	}
	for _, j := range supervise.Jobs {
		out = append(out, scheduler.Job{Name: j.Key, Spec: "50 0 * * *", Policy: scheduler.Once,
			Words: engine.Words{Zh: "督办:" + j.Words.Zh, En: "raise what is overdue: " + j.Words.En},
			Run: func(ctx context.Context, slot, now time.Time) (int, error) {
				return round.Run(ctx, k.Engine, k.County, j, slot, now)
			}})
	}
	return append(out,
		ofSlot("monthly-list", "0 6 1 * *", scheduler.Backfill, "月督办清单", "the month's supervision list", k, supervise.IssueMonthly),
		ofSlot("quarterly-circular", "10 6 * * *", scheduler.Once, "季度通报", "the quarter's circular", k, supervise.IssueQuarterly),
		ofSlot("annual-assessments", "20 6 * * *", scheduler.Once, "年度考评", "the annual assessments", k, supervise.OpenAssessments))
}

// asOfNow is a job that works on what is due at the instant of its run: by
// then everything is due that was due at the slot.
func asOfNow(name, spec, zh, en string, run func(context.Context, time.Time) (int, error)) scheduler.Job {
	return scheduler.Job{Name: name, Spec: spec, Policy: scheduler.Once, Words: engine.Words{Zh: zh, En: en},
		Run: func(ctx context.Context, _, now time.Time) (int, error) { return run(ctx, now) }}
}

// ofSlot is a job that works for its slot.
func ofSlot(name, spec string, policy scheduler.Policy, zh, en string, k *spotcheck.Keeper,
	run func(ctx context.Context, e *engine.Engine, county register.CountyID, slot, now time.Time) (int, error)) scheduler.Job {
	return scheduler.Job{Name: name, Spec: spec, Policy: policy, Words: engine.Words{Zh: zh, En: en},
		Run: func(ctx context.Context, slot, now time.Time) (int, error) {
			return run(ctx, k.Engine, k.County, slot, now)
		}}
}

// newScheduler is the scheduler of a county's jobs on this server; the round is
// that of [jobs].
func newScheduler(s *store.Store, k *spotcheck.Keeper, round *supervise.Round, log *slog.Logger) (*scheduler.Scheduler, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("the name of this server, by which it holds what it runs: %w", err)
	}
	return scheduler.New(s, k.County, fmt.Sprintf("%s/%d", host, os.Getpid()), jobs(k, round), log)
}

// startJobs starts the scheduler and gives what stops it and waits for it.
func (s *site) startJobs(ctx context.Context) (stop func(), err error) {
	if s.noJobs {
		return func() {}, nil
	}
	timetable, err := newScheduler(s.store, s.keeper, new(supervise.Round), s.log)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		// A county that is served for the first time can file meetings today.
		if _, err := s.keeper.Open(ctx, s.now()); err != nil {
			s.log.ErrorContext(ctx, "the quarter could not be opened; it is tried again every day", "err", err)
		}
		timetable.Serve(ctx, s.now)
	})
	return func() { cancel(); work.Wait() }, nil
}

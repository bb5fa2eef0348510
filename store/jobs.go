package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"jinchu/register"
)

// astray is how far ahead of a clock the lease of a run may lie. One further
// ahead was given by a clock that has been set right since.
const astray = 24 * time.Hour

// JobRun is a slot of a job that was taken up, as the latest try left it.
// Instants are UTC.
type JobRun struct {
	Job     string
	Slot    time.Time
	Tries   int       // how often it was begun
	Holder  string    // the server of the latest try
	Begun   time.Time // of the latest try
	Lease   time.Time // nobody else begins it before
	Ended   time.Time // of the latest try; zero where it has not ended
	Acts    int       // of the latest try
	Outcome string    // a short code, "" where it has not ended
}

// JobRuns are the runs of a county's jobs that began last, newest first.
func (s *Store) JobRuns(ctx context.Context, county register.CountyID, limit int) ([]JobRun, error) {
	rows, err := s.reads.query(ctx, `SELECT job, slot, tries, holder, begun, lease, ended, acts, outcome FROM job_runs
		WHERE county = ? ORDER BY begun DESC, slot DESC, job LIMIT ?`, string(county), limit)
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []JobRun
	for rows.Next() {
		var r JobRun
		var slot, begun, lease, ended int64
		if err := rows.Scan(&r.Job, &slot, &r.Tries, &r.Holder, &begun, &lease, &ended, &r.Acts, &r.Outcome); err != nil {
			return nil, unavailable(err)
		}
		r.Slot, r.Begun, r.Lease, r.Ended = instant(slot), instant(begun), instant(lease), instant(ended)
		out = append(out, r)
	}
	return out, unavailable(rows.Err())
}

// JobCursors tell how far the timetables of a county's jobs have been settled,
// by the job's name, in UTC.
func (s *Store) JobCursors(ctx context.Context, county register.CountyID) (map[string]time.Time, error) {
	rows, err := s.reads.query(ctx, `SELECT job, slot FROM job_cursors WHERE county = ?`, string(county))
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	out := map[string]time.Time{}
	for rows.Next() {
		var job string
		var slot int64
		if err := rows.Scan(&job, &slot); err != nil {
			return nil, unavailable(err)
		}
		out[job] = instant(slot)
	}
	return out, unavailable(rows.Err())
}

// MoveJobCursor moves a job's cursor if it still stands at from, and tells
// whether it did. The zero time stands for a cursor that is not there yet.
func (s *Store) MoveJobCursor(ctx context.Context, county register.CountyID, job string, from, to time.Time) (bool, error) {
	if from.IsZero() {
		return s.changes(ctx, `INSERT INTO job_cursors (county, job, slot) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			string(county), job, to.UnixMicro())
	}
	return s.changes(ctx, `UPDATE job_cursors SET slot = ? WHERE county = ? AND job = ? AND slot = ?`,
		to.UnixMicro(), string(county), job, from.UnixMicro())
}

// JobSlot tells of one slot of a job how often it was begun, 0 for never, and
// of the latest try its outcome, "" where it has not ended, its acts, and the
// instant before which nobody else begins it.
func (s *Store) JobSlot(ctx context.Context, county register.CountyID, job string, slot time.Time) (tries int, outcome string, acts int, lease time.Time, err error) {
	st, err := s.reads.get(ctx, `SELECT tries, outcome, acts, lease FROM job_runs WHERE county = ? AND job = ? AND slot = ?`)
	if err != nil {
		return 0, "", 0, time.Time{}, unavailable(err)
	}
	var until int64
	err = st.QueryRowContext(context.WithoutCancel(ctx), string(county), job, slot.UnixMicro()).Scan(&tries, &outcome, &acts, &until)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, "", 0, time.Time{}, nil
	case err != nil:
		return 0, "", 0, time.Time{}, unavailable(err)
	}
	return tries, outcome, acts, instant(until), nil
}

// BeginJob gives a slot to a holder until the lease ends, as its next try, and
// tells whether it did. It does not where the slot has moved on from the tries
// and the outcome that were seen, and not while any run of the county is under
// way: begun, not ended, its lease not over. So a county's jobs run one after
// another, whatever the number of servers. A lease that ends more than a day
// after now was given by a clock gone astray, and binds nobody.
func (s *Store) BeginJob(ctx context.Context, county register.CountyID, job string, slot time.Time, tries int, outcome, holder string, now, lease time.Time) (begun bool, err error) {
	ctx = context.WithoutCancel(ctx)
	err = s.alone(ctx, county, &view{store: s}, func(t *change) error {
		underWay, err := texts(ctx, t, `SELECT job FROM job_runs WHERE county = ? AND ended = 0 AND lease > ? AND lease <= ?`,
			string(county), now.UnixMicro(), now.Add(astray).UnixMicro())
		if begun = false; err != nil || len(underWay) > 0 {
			return err
		}
		var n int64
		if tries == 0 {
			n, err = t.exec(ctx, `INSERT INTO job_runs (county, job, slot, tries, holder, begun, lease, ended, acts, outcome)
				VALUES (?, ?, ?, 1, ?, ?, ?, 0, 0, '') ON CONFLICT DO NOTHING`,
				string(county), job, slot.UnixMicro(), holder, now.UnixMicro(), lease.UnixMicro())
		} else {
			n, err = t.exec(ctx, `UPDATE job_runs SET tries = tries + 1, holder = ?, begun = ?, lease = ?, ended = 0, acts = 0, outcome = ''
				WHERE county = ? AND job = ? AND slot = ? AND tries = ? AND outcome = ?`,
				holder, now.UnixMicro(), lease.UnixMicro(), string(county), job, slot.UnixMicro(), tries, outcome)
		}
		begun = n > 0
		return err
	})
	return begun && err == nil, err
}

// RenewJob lengthens the lease of a try that has not ended, and tells whether
// the slot is still its own.
func (s *Store) RenewJob(ctx context.Context, county register.CountyID, job string, slot time.Time, try int, lease time.Time) (bool, error) {
	return s.changes(ctx, `UPDATE job_runs SET lease = ? WHERE county = ? AND job = ? AND slot = ? AND tries = ? AND ended = 0`,
		lease.UnixMicro(), string(county), job, slot.UnixMicro(), try)
}

// EndJob ends a try with its outcome and lets nobody begin the slot again
// before an instant. It tells whether the slot was still the try's own.
func (s *Store) EndJob(ctx context.Context, county register.CountyID, job string, slot time.Time, try int, outcome string, acts int, now, again time.Time) (bool, error) {
	return s.changes(ctx, `UPDATE job_runs SET outcome = ?, acts = ?, ended = ?, lease = ? WHERE county = ? AND job = ? AND slot = ? AND tries = ?`,
		outcome, acts, now.UnixMicro(), again.UnixMicro(), string(county), job, slot.UnixMicro(), try)
}

// changes runs a statement that changes one row or none, and tells which. A
// caller that leaves does not cancel it.
func (s *Store) changes(ctx context.Context, text string, args ...any) (bool, error) {
	ctx = context.WithoutCancel(ctx)
	st, err := s.writes.get(ctx, text)
	if err != nil {
		return false, unavailable(err)
	}
	result, err := st.ExecContext(ctx, args...)
	if err != nil {
		return false, unavailable(err)
	}
	n, err := result.RowsAffected()
	return n > 0, unavailable(err)
}

// instant reads an instant from its column; 0 stands for none.
func instant(micro int64) time.Time {
	if micro == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

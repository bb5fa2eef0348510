package store

import (
	"context"

	"jinchu/calendar"
	"jinchu/register"
)

// StageFigure is how many cases stand in a stage.
type StageFigure struct {
	Workflow string
	Stage    string
	Ended    bool
	Cases    int
}

// OverdueFigure is how many cases have an act overdue as their next one.
type OverdueFigure struct {
	Workflow string
	Action   string
	Cases    int
	Oldest   calendar.Date // of the deadlines that have passed
}

// Stages counts the cases of a county per stage.
func (s *Store) Stages(ctx context.Context, county register.CountyID) ([]StageFigure, error) {
	rows, err := s.reads.query(ctx, `SELECT workflow, stage, ended, COUNT(*) FROM cases WHERE county = ?
		GROUP BY workflow, stage, ended ORDER BY workflow, stage`, string(county))
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []StageFigure
	for rows.Next() {
		var f StageFigure
		if err := rows.Scan(&f.Workflow, &f.Stage, &f.Ended, &f.Cases); err != nil {
			return nil, unavailable(err)
		}
		out = append(out, f)
	}
	return out, unavailable(rows.Err())
}

// Overdue counts the open cases of a county whose next deadline passed before
// a day, per act that is due.
func (s *Store) Overdue(ctx context.Context, county register.CountyID, today calendar.Date) ([]OverdueFigure, error) {
	rows, err := s.reads.query(ctx, `SELECT workflow, due_action, COUNT(*), MIN(due_on) FROM cases
		WHERE county = ? AND NOT ended AND due_on < ? GROUP BY workflow, due_action ORDER BY COUNT(*) DESC, due_action`,
		string(county), dateText(today))
	if err != nil {
		return nil, unavailable(err)
	}
	defer rows.Close()
	var out []OverdueFigure
	for rows.Next() {
		var f OverdueFigure
		var oldest string
		if err := rows.Scan(&f.Workflow, &f.Action, &f.Cases, &oldest); err != nil {
			return nil, unavailable(err)
		}
		if f.Oldest, err = dateOf(oldest); err != nil {
			return nil, unavailable(err)
		}
		out = append(out, f)
	}
	return out, unavailable(rows.Err())
}

package store

import (
	"context"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

// Token is what a bearer token of the API stands for.
type Token struct {
	Office  register.OfficeID
	Expires calendar.Date // the first day on which it is no longer good; no date: never
	Label   string
}

// AddToken keeps a token by the SHA-256 of its text.
func (s *Store) AddToken(ctx context.Context, county register.CountyID, hash [32]byte, t Token, at time.Time) error {
	_, err := s.write.ExecContext(ctx, s.write.Rebind(`INSERT INTO tokens (county, hash, office, expires, label, at) VALUES (?, ?, ?, ?, ?, ?)`),
		string(county), hash[:], string(t.Office), dateText(t.Expires), t.Label, at.UnixMicro())
	return unavailable(err)
}

// Token finds a token by the SHA-256 of its text.
func (s *Store) Token(ctx context.Context, county register.CountyID, hash [32]byte) (t Token, ok bool, err error) {
	rows, err := s.reads.query(ctx, `SELECT office, expires, label FROM tokens WHERE county = ? AND hash = ?`, string(county), hash[:])
	if err != nil {
		return t, false, unavailable(err)
	}
	defer rows.Close()
	for rows.Next() {
		var expires string
		if err := rows.Scan(&t.Office, &expires, &t.Label); err != nil {
			return t, false, unavailable(err)
		}
		if t.Expires, err = dateOf(expires); err != nil {
			return t, false, unavailable(err)
		}
		ok = true
	}
	return t, ok, unavailable(rows.Err())
}

package keyholder

import (
	"context"
	"fmt"
	"slices"

	"jinchu/sampling"
)

// Holder has the key of one party in the draw.
type Holder interface {
	// Party names whose key it is.
	Party() string
	// Commit is what the party publishes of its key before the quarter.
	Commit(ctx context.Context, q sampling.Quarter) (sampling.Hash, error)
	// Share is what the party adds to the ticket of draw id number draw, 1 to
	// [sampling.MaxFilings]. It is the same however often it is asked for.
	Share(ctx context.Context, q sampling.Quarter, draw int) (sampling.Hash, error)
	// Reveal is the key, once the quarter is over.
	Reveal(ctx context.Context, q sampling.Quarter) (sampling.Key, error)
}

// local has the secret in this process.
type local struct {
	party  string
	master []byte
}

// Local is the holder whose master secret, [sampling.MasterLen] random bytes,
// lies here. It reveals a key at any time: when that may be is for the caller,
// as [Serve] is one. It can be used by several goroutines at once and prints no
// secret.
func Local(party string, master []byte) (Holder, error) {
	if _, err := sampling.DeriveKey(master, party, "000000/2000Q1"); err != nil { // checks both
		return nil, fmt.Errorf("keyholder: %w", err)
	}
	return &local{party, slices.Clone(master)}, nil
}

// Format prints the party and no secret under any verb.
func (l *local) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("keyholder.Local " + l.party)) }

// Party implements [Holder].
func (l *local) Party() string { return l.party }

// Commit implements [Holder].
func (l *local) Commit(ctx context.Context, q sampling.Quarter) (sampling.Hash, error) {
	k, err := l.Reveal(ctx, q)
	if err != nil {
		return sampling.Hash{}, err
	}
	return k.Commit(l.party, q), nil
}

// Share implements [Holder].
func (l *local) Share(ctx context.Context, q sampling.Quarter, draw int) (sampling.Hash, error) {
	if draw < 1 || draw > sampling.MaxFilings {
		return sampling.Hash{}, fmt.Errorf("keyholder: number %d is not 1 to %d", draw, sampling.MaxFilings)
	}
	k, err := l.Reveal(ctx, q)
	if err != nil {
		return sampling.Hash{}, err
	}
	return k.Share(q, draw), nil
}

// Reveal implements [Holder].
func (l *local) Reveal(_ context.Context, q sampling.Quarter) (sampling.Key, error) {
	k, err := sampling.DeriveKey(l.master, l.party, q)
	if err != nil {
		return sampling.Key{}, fmt.Errorf("keyholder: %w", err)
	}
	return k, nil
}

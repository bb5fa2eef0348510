package sampling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// Hash is a SHA-256: a commitment, a share, a ticket or a digest (design,
// "Bytes").
type Hash [sha256.Size]byte

// String is the hash in lower-case hex, as records show it.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads 64 lower-case hex digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if b, err := hex.DecodeString(s); err != nil || copy(h[:], b) != len(h) || h.String() != s {
		return Hash{}, fmt.Errorf("sampling: %q is not a hash in lower-case hex", s)
	}
	return h, nil
}

const (
	drawText   = Version + "/draw\n"
	ticketText = Version + "/ticket\n"
	methodText = Version + "/method\n"
)

// Lot is what the shares of all parties make of one draw id (design, "Bytes":
// ticket, method_hash).
type Lot struct {
	Ticket Hash // decides whether and in which order it is drawn
	Method Hash // decides how it is checked, see Weights.Pick
}

// Combine makes the lot of a draw id from the shares of all parties, keyed by
// party (design, "Bytes": ticket, method_hash). The caller sees to it that no
// party is missing: a filing whose shares are not all there is [Failsafe].
func Combine(q Quarter, draw int, shares map[string]Hash) Lot {
	var all []byte
	for _, party := range slices.Sorted(maps.Keys(shares)) {
		share := shares[party]
		all = append(all, share[:]...)
	}
	return Lot{combine(nil, ticketText, q, draw, all), combine(nil, methodText, q, draw, all)}
}

// combine hashes in buf, which is there to be used again.
func combine(buf []byte, text string, q Quarter, draw int, shares []byte) Hash {
	buf = append(buf[:0], text...)
	buf = append(q.appendID(buf, draw), '\n')
	return sha256.Sum256(append(buf, shares...))
}

// Lots gives the lot of a draw id, false when the share of a party is missing.
// While the quarter runs it looks up what was recorded at filing; after the
// reveal it is [Keys.Lots].
type Lots func(draw int) (Lot, bool)

// Keys are the keys of all parties, keyed by party: whoever has them all can
// foresee the draw (design, "Close and reveal").
type Keys map[string]Key

// Lots computes every lot from the keys; without any key there are none. The
// result keeps buffers and is not safe for use by several goroutines at once.
func (k Keys) Lots(q Quarter) Lots {
	d := k.dealer(q)
	return func(draw int) (Lot, bool) {
		ticket, ok := d.ticket(draw)
		if !ok {
			return Lot{}, false
		}
		return Lot{ticket, d.method(draw)}, true
	}
}

// dealer gives the two hashes of a lot one by one: most filings are not drawn,
// and nobody asks how to check them.
type dealer struct {
	ticket func(draw int) (Hash, bool)
	method func(draw int) Hash // of a draw id that has a ticket
}

// dealer takes recorded lots apart.
func (l Lots) dealer() dealer {
	return dealer{
		ticket: func(draw int) (Hash, bool) { lot, ok := l(draw); return lot.Ticket, ok },
		method: func(draw int) Hash { lot, _ := l(draw); return lot.Method },
	}
}

// dealer computes from the keys, the method from the shares of the ticket where
// that came just before.
func (k Keys) dealer(q Quarter) dealer {
	var macs []hash.Hash
	for _, party := range slices.Sorted(maps.Keys(k)) {
		key := k[party]
		macs = append(macs, hmac.New(sha256.New, key[:]))
	}
	var buf, shares []byte
	last := 0
	share := func(draw int) {
		if draw == last {
			return
		}
		buf, shares, last = q.appendID(append(buf[:0], drawText...), draw), shares[:0], draw
		for _, mac := range macs {
			mac.Reset()
			mac.Write(buf)
			shares = mac.Sum(shares)
		}
		buf = slices.Grow(buf, 64+len(shares))
	}
	return dealer{
		ticket: func(draw int) (Hash, bool) {
			if len(macs) == 0 {
				return Hash{}, false
			}
			share(draw)
			return combine(buf, ticketText, q, draw, shares), true
		},
		method: func(draw int) Hash {
			share(draw)
			return combine(buf, methodText, q, draw, shares)
		},
	}
}

package sampling

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
)

// Key is the secret of one party for one quarter: 32 bytes that nobody can
// guess (design, "Open"). It must not be used for another quarter.
type Key [32]byte

// MasterLen is the length in bytes of the secret from which a party derives its
// keys.
const MasterLen = 32

// DeriveKey makes a party's key of a quarter from its master secret, by
// HKDF-SHA256. The party keeps one secret for all quarters: whoever has it makes
// the same key on every machine, and a key that was revealed says nothing of the
// keys of other quarters or parties. The master is [MasterLen] random bytes; no
// error shows it.
func DeriveKey(master []byte, party string, q Quarter) (Key, error) {
	if len(master) != MasterLen {
		return Key{}, fmt.Errorf("sampling: a master secret of %d bytes instead of %d", len(master), MasterLen)
	}
	if !isParty(party) {
		return Key{}, fmt.Errorf("sampling: party %q is not like dic", party)
	}
	if _, err := ParseQuarter(string(q)); err != nil {
		return Key{}, err
	}
	b, err := hkdf.Key(sha256.New, master, nil, Version+"/key\n"+party+"\n"+string(q), len(Key{}))
	if err != nil {
		return Key{}, fmt.Errorf("sampling: key of %s for %s: %w", party, q, err)
	}
	return Key(b), nil
}

// Commit is what a party publishes of its key before the quarter (design,
// "Bytes": commitment_p).
func (k Key) Commit(party string, q Quarter) Hash {
	return sha256.Sum256([]byte(Version + "/commit\n" + party + "\n" + string(q) + "\n" + string(k[:])))
}

// Share is what a party adds to the ticket of a draw id, the number of a filing
// of the quarter (design, "Bytes": share_p).
func (k Key) Share(q Quarter, draw int) Hash {
	mac := hmac.New(sha256.New, k[:])
	mac.Write(q.appendID([]byte(drawText), draw))
	return Hash(mac.Sum(nil))
}

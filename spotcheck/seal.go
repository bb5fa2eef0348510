package spotcheck

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"

	"jinchu/register"
	"jinchu/sampling"
)

// Seal keeps shares secret until the reveal, from everybody who has the
// database and not the master key: AES-256-GCM under a key of its own, bound to
// county, filing and party. The nonce is made from what is bound
// and the share, so that sealing again gives the same bytes and no nonce ever
// serves two texts.
type Seal struct {
	aead  cipher.AEAD
	nonce []byte
}

// NewSeal derives the keys from the county's master key of 32 bytes.
func NewSeal(master []byte) (*Seal, error) {
	if len(master) != register.MasterLen {
		return nil, fmt.Errorf("master key: %d bytes instead of %d", len(master), register.MasterLen)
	}
	key, err := hkdf.Key(sha256.New, master, nil, "jinchu/spotcheck/share/1", 64)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key[:32])
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &Seal{aead, key[32:]}, err
}

// Format prints no key under any verb.
func (s *Seal) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("spotcheck.Seal")) }

var errSeal = errors.New("a sealed share does not open with this key")

func bound(county register.CountyID, f register.FilingID, party string) []byte {
	return fmt.Appendf(nil, "1|%s|%s|%s", county, f, party)
}

// shut seals a share.
func (s *Seal) shut(county register.CountyID, f register.FilingID, party string, share sampling.Hash) []byte {
	aad := bound(county, f, party)
	mac := hmac.New(sha256.New, s.nonce)
	mac.Write(aad)
	mac.Write(share[:])
	nonce := mac.Sum(nil)[:s.aead.NonceSize()]
	return s.aead.Seal(nonce, nonce, share[:], aad)
}

// open reads a sealed share.
func (s *Seal) open(county register.CountyID, f register.FilingID, party string, sealed []byte) (share sampling.Hash, err error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return share, errSeal
	}
	plain, err := s.aead.Open(nil, sealed[:n], sealed[n:], bound(county, f, party))
	if err != nil || copy(share[:], plain) != len(share) {
		return share, errSeal
	}
	return share, nil
}

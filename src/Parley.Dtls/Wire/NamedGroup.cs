namespace Parley.Dtls.Wire;

// RFC 8422 §5.1.1.
internal enum NamedGroup : ushort
{
    Secp256r1 = 23,
    Secp384r1 = 24,

    // For the key of a certificate alone.
    Secp521r1 = 25,
    X25519 = 29,
}

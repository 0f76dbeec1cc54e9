namespace Parley.Dtls.Wire;

// RFC 8422 §5.1.1. The platform's ECDiffieHellman has no x25519.
internal enum NamedGroup : ushort
{
    Secp256r1 = 23,
    Secp384r1 = 24,
}

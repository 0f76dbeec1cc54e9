using Parley.Ciphers;

namespace Parley.Srtp.Tests;

public sealed class KeyDerivationTests
{
    // RFC 3711 B.3, then RFC 6188 §7 (AES-192 and AES-256).
    [Theory]
    [InlineData(
        "E1F97A0D3E018BE0D64FA32C06DE4139", "0EC675AD498AFEEBB6960B3AABE6", "C61E7A93744F39EE10734AFE3FF7A087",
        "30CBBC08863D8C85D49DB34A9AE1", "CEBE321F6FF7716B 6FD4AB49AF256A15 6D38BAA48F0A0ACF 3C34E2359E6CDBCE")]
    [InlineData(
        "73edc66c4fa15776fb57f9505c171365 50ffda71f3e8e5f1", "c8522f3acd4ce86d5add78edbb11",
        "31874736a8f1143870c26e4857d8a5b2 c4a354407faadabb",
        "2372b82d639b6d8503a47adc0a6c", "355b10973cd95b9eacf4061c7e1a7151e7cfbfcb")]
    [InlineData(
        "f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6", "3b04803de51ee7c96423ab5b78d2",
        "5ba1064e30ec51613cad926c5a28ef73 1ec7fb397f70a960653caf06554cd8c4", "fa31791685ca444a9e07c6c64e93",
        "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05")]
    public void Derive_PublishedVector_IsReproduced(
        string masterKey, string masterSalt, string cipherKey, string salt, string authenticationKey)
    {
        foreach (var (label, expected) in (ReadOnlySpan<(byte, string)>)
            [(KeyDerivation.RtpEncryption, cipherKey), (KeyDerivation.RtpSalt, salt), (KeyDerivation.RtpAuthentication, authenticationKey)])
        {
            var derived = new byte[Hex.Bytes(expected).Length];
            KeyDerivation.Derive(Hex.Bytes(masterKey), Hex.Bytes(masterSalt), label, derived);
            Assert.Equal(Hex.Bytes(expected), derived);
        }
    }

    // RFC 3711 B.2: the key stream at its start and around the carry of the second byte.
    [Theory]
    [InlineData("0000", "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0")]
    [InlineData("FEFF", "EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44")]
    public void CounterMode_PublishedKeyStream_IsReproduced(string counter, string expected)
    {
        using var cipher = new AesCtrCipher(Hex.Bytes("2B7E151628AED2A6ABF7158809CF4F3C"));
        var stream = new byte[48];
        cipher.Transform(Hex.Bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD" + counter), stream, stream);
        Assert.Equal(Hex.Bytes(expected), stream);
    }

    // RFC 6188 §7.
    [Fact]
    public void CounterMode_PublishedKeyStreamOf256Bits_IsReproduced()
    {
        using var cipher = new AesCtrCipher(Hex.Bytes("57f82fe3613fd170a85ec93c40b1f092 2ec4cb0dc025b58272147cc438944a98"));
        var stream = new byte[32];
        cipher.Transform(Hex.Bytes("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), stream, stream);
        Assert.Equal(Hex.Bytes("92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac"), stream);
    }
}

namespace Parley.Srtp.Tests;

public sealed class AeadTransformTests
{
    private const string Key128 = "000102030405060708090a0b0c0d0e0f";
    private const string Key256 = Key128 + "101112131415161718191a1b1c1d1e1f";
    private const string Salt = "517569642070726f2071756f";

    // RFC 7714 §16.1.1 and §16.2.1: "Gallia est omnis divisa in partes tres".
    [Theory]
    [InlineData(
        Key128,
        "f24de3a3fb34de6cacba861c9d7e4bca be633bd50d294e6f42a5f47a51c7d19b 36de3adf8833899d7f27beb16a9152cf 765ee4390cce")]
    [InlineData(
        Key256,
        "32b1de78a822fe12ef9f78fa332e33aa b18012389a58e2f3b50b2a0276ffae0f 1ba63799b87b7aa3db36dfffd6b0f9bb 7878d7a76c13")]
    public void Rtp_PublishedVector_IsReproducedAndOpens(string key, string expected)
    {
        const string header = "8040f17b8041f8d35501a0b2";
        const string payload = "47616c6c696120657374206f6d6e6973 2064697669736120696e207061727465 732074726573";
        var plain = Hex.Bytes(header + payload);
        var buffer = new byte[plain.Length + 16];
        plain.CopyTo(buffer, 0);
        using var transform = Create(key);

        transform.SealRtp(buffer, 12, plain.Length, 0x5501a0b2, 0xf17b);

        Assert.Equal(Hex.Bytes(header + expected), buffer);
        Assert.True(transform.TryOpenRtp(buffer, 12, 0x5501a0b2, 0xf17b));
        Assert.Equal(plain, buffer.AsSpan(0, plain.Length));
    }

    // RFC 7714 §17.1 and §17.2.
    [Theory]
    [InlineData(
        Key128,
        "63e94885dcdab67ca727d7662f6b7e99 7ff5c0f76c06f32dc676a5f1730d6fda 4ce09b4686303ded0bb9275bc84aa458 96cf4d2fc5abf87245d9eade")]
    [InlineData(
        Key256,
        "d50ae4d1f5ce5d304ba297e47d470c28 2c3ece5dbffe0a50a2eaa5c1110555be 8415f658c61de0476f1b6fad1d1eb30c 4446839f57ff6f6cb26ac3be")]
    public void Rtcp_PublishedVector_IsReproducedAndOpens(string key, string expected)
    {
        const string header = "81c8000d4d617273";
        const string payload = "4e5450314e545032525450200000042a 0000e9304c756e61deadbeefdeadbeef deadbeefdeadbeefdeadbeef";
        var plain = Hex.Bytes(header + payload);
        var buffer = new byte[plain.Length + 20];
        plain.CopyTo(buffer, 0);
        using var transform = Create(key);

        transform.SealRtcp(buffer, plain.Length, 0x4d617273, 0x5d4);

        Assert.Equal(Hex.Bytes(header + expected + "800005d4"), buffer);
        Assert.True(transform.TryOpenRtcp(buffer, 0x4d617273, 0x5d4));
        Assert.Equal(plain, buffer.AsSpan(0, plain.Length));
    }

    private static AeadTransform Create(string key) => new(Hex.Bytes(key), Hex.Bytes(Salt), Hex.Bytes(key), Hex.Bytes(Salt));
}

using System.Net;
using Parley.Net.Mdns;

namespace Parley.Net.Tests.Mdns;

public class DnsMessageTests
{
    // id 1234, answer, one record: "host.local" A IN(flush) 120 s 192.0.2.7
    private const string Answer = "1234 8400 0000 0001 0000 0000 04 686F7374 05 6C6F63616C 00 0001 8001 00000078 0004 C0000207";

    // A question and two answers, names compressed, an unrelated record between.
    private const string Compressed =
        "0000 8400 0001 0003 0000 0000 04 486F5354 05 4C4F43414C 00 0001 0001 " +
        "C00C 0001 0001 00000078 0004 C0000201 " +
        "05 6F74686572 C011 0001 0001 00000078 0004 C0000209 " +
        "C00C 001C 8001 00000078 0010 20010DB8000000000000000000000001";

    [Fact]
    public void WriteQuery_Name_AsksForBothFamiliesByUnicast()
    {
        Span<byte> bytes = stackalloc byte[DnsMessage.MaxQueryLength];
        var length = DnsMessage.WriteQuery(bytes, 0x1234, "host.local");
        Assert.Equal(
            Hex("1234 0000 0002 0000 0000 0000 04 686F7374 05 6C6F63616C 00 0001 8001 04 686F7374 05 6C6F63616C 00 001C 8001"),
            bytes[..length].ToArray());
    }

    [Fact]
    public void TryReadAnswer_PlainName_YieldsTheAddress()
    {
        Assert.Equal([IPAddress.Parse("192.0.2.7")], Read(Hex(Answer), "HOST.local.", out var error));
        Assert.Equal(DnsParseError.None, error);
        Assert.Empty(Read(Hex(Answer), "hos.local", out _));
        Assert.Empty(Read(Hex(Answer), "host.local.x", out _));
    }

    [Fact]
    public void TryReadAnswer_CompressedNames_YieldsBothAddressesOfTheName() =>
        Assert.Equal([IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")], Read(Hex(Compressed), "host.local", out _));

    [Theory]
    [InlineData("1234 0000 0000 0001 0000 0000", DnsParseError.NotAnAnswer)]
    [InlineData("1235 8400 0000 0001 0000 0000", DnsParseError.NotAnAnswer)]
    [InlineData("1234 8403 0000 0001 0000 0000", DnsParseError.NotAnAnswer)]
    [InlineData("1234 8400 0000 FFFF FFFF FFFF", DnsParseError.TooManyRecords)]
    [InlineData("1234 8400 0001 0000 0000 0000 04 41", DnsParseError.BadQuestion)]
    [InlineData("1234 8400 0000 0001 0000 0000 C00C", DnsParseError.BadName)]
    [InlineData("1234 8400 0000 0001 0000 0000 C00E C00C", DnsParseError.BadName)]
    [InlineData("1234 8400 0000 0001 0000 0000 41 00", DnsParseError.BadName)]
    [InlineData("1234 8400 0000 0001 0000 0000 00 0001 0001 00000000 0009 00", DnsParseError.Truncated)]
    [InlineData("1234 84", DnsParseError.Truncated)]
    public void TryReadAnswer_Broken_IsNamed(string hex, object expected)
    {
        Assert.Empty(Read(Hex(hex), "host.local", out var error));
        Assert.Equal((DnsParseError)expected, error);
    }

    [Fact]
    public void TryReadAnswer_TruncatedFlippedAndRandom_NeverThrows()
    {
        foreach (var message in new[] { Hex(Answer), Hex(Compressed) })
        {
            for (var length = 0; length < message.Length; length++)
            {
                Read(message[..length], "host.local", out var error);
                Assert.NotEqual(DnsParseError.None, error);
            }

            for (var bit = 0; bit < message.Length * 8; bit++)
            {
                var copy = message.ToArray();
                copy[bit / 8] ^= (byte)(1 << (bit % 8));
                Read(copy, "host.local", out _);
            }
        }

        var random = RandomSource.Seeded(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.Fill(bytes);
            if (bytes.Length > 12)
            {
                Hex("1234 8400 0000 0004").CopyTo(bytes, 0);
            }

            Read(bytes, "host.local", out _);
        }
    }

    [Theory]
    [InlineData("a.local", true)]
    [InlineData("a.local.", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("a..local", false)]
    public void IsValidName_Names_AreJudged(string name, bool valid) => Assert.Equal(valid, DnsMessage.IsValidName(name));

    [Fact]
    public void IsValidName_TooLong_IsNot()
    {
        Assert.True(DnsMessage.IsValidName(new string('a', 63) + ".local"));
        Assert.False(DnsMessage.IsValidName(new string('a', 64) + ".local"));
        Assert.False(DnsMessage.IsValidName(string.Concat(Enumerable.Repeat("abcdefghi.", 26)) + "local"));
    }

    internal static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", ""));

    private static List<IPAddress> Read(byte[] message, string name, out DnsParseError error)
    {
        var addresses = new List<IPAddress>();
        var good = DnsMessage.TryReadAnswer(message, 0x1234, name, addresses, out error);
        Assert.Equal(good, error == DnsParseError.None);
        return good ? addresses : [];
    }
}

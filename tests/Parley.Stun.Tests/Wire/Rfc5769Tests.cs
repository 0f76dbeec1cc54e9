using System.Text;
using Parley.Net;

namespace Parley.Stun.Tests.Wire;

/// <summary>The vectors of RFC 5769, read; and the long-term one, whose padding is zero as ours is, written byte for byte.</summary>
public class Rfc5769Tests
{
    private const string Request = """
        00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74
        00 24 00 04 6e 00 01 ff
        80 29 00 08 93 2f f9 b1 51 26 3b 36
        00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20
        00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2
        80 28 00 04 e5 7a 3b cf
        """;

    private const string ResponseIPv4 = """
        01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
        00 20 00 08 00 01 a1 47 e1 12 a6 43
        00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7
        80 28 00 04 c0 7d 4c 96
        """;

    private const string ResponseIPv6 = """
        01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae
        80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20
        00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9
        00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84 c9 7c 82 92 c2 75 bf e3 ed 41
        80 28 00 04 c8 fb 0b 4c
        """;

    private const string LongTermRequest = """
        00 01 00 60 21 12 a4 42 78 ad 34 33 c6 ad 72 c0 29 da 41 2e
        00 06 00 12 e3 83 9e e3 83 88 e3 83 aa e3 83 83 e3 82 af e3 82 b9 00 00
        00 15 00 1c 66 2f 2f 34 39 39 6b 39 35 34 64 36 4f 4c 33 34 6f 4c 39 46 53 54 76 79 36 34 73 41
        00 14 00 0b 65 78 61 6d 70 6c 65 2e 6f 72 67 00
        00 08 00 14 f6 70 24 65 6d d6 4a 3e 02 b8 e0 71 2e 85 c9 a2 8c a8 96 66
        """;

    private static readonly byte[] Key = StunKey.ShortTerm("VOkJxbRl1RmTxUk/WvJxBt");

    [Fact]
    public void Request_Section21_IsReadAndVerified()
    {
        Assert.True(StunMessage.TryParse(Hex.Bytes(Request), out var message, out _));

        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunMethod.Binding, message.Method);
        Assert.Equal("b7e7a701bc34d686fa87dfae", message.TransactionId.ToString());
        Assert.True(message.TryFind(StunAttributeType.Software, out var software));
        Assert.Equal("STUN test client", Encoding.UTF8.GetString(software));
        Assert.True(message.TryReadUInt32(StunAttributeType.Priority, out var priority));
        Assert.Equal(0x6e0001ffu, priority);
        Assert.True(message.TryReadUInt64(StunAttributeType.IceControlled, out var tieBreaker));
        Assert.Equal(0x932ff9b151263b36ul, tieBreaker);
        Assert.True(message.TryFind(StunAttributeType.Username, out var username));
        Assert.Equal("evtj:h6vY", Encoding.UTF8.GetString(username));
        Assert.True(message.VerifyIntegrity(Key));
        Assert.True(message.VerifyFingerprint());
        Assert.False(message.VerifyIntegrity("another"u8));
    }

    [Theory]
    [InlineData(ResponseIPv4, "192.0.2.1:32853")]
    [InlineData(ResponseIPv6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")]
    public void Response_Sections22And23_AreReadAndVerified(string hex, string address)
    {
        Assert.True(StunMessage.TryParse(Hex.Bytes(hex), out var message, out _));

        Assert.Equal(StunClass.SuccessResponse, message.Class);
        Assert.True(message.TryReadXorAddress(StunAttributeType.XorMappedAddress, out var mapped));
        Assert.True(TransportAddress.TryParse(address, out var expected));
        Assert.Equal(expected, mapped);
        Assert.True(message.VerifyIntegrity(Key));
        Assert.True(message.VerifyFingerprint());
    }

    [Fact]
    public void LongTermRequest_Section24_IsVerifiedAndWrittenAlike()
    {
        var vector = Hex.Bytes(LongTermRequest);
        const string Username = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";
        var key = StunKey.LongTerm(Username, "example.org", "TheMatrIX");
        Assert.True(StunMessage.TryParse(vector, out var message, out _));
        Assert.True(message.VerifyIntegrity(key));
        Assert.False(message.HasFingerprint);

        var buffer = new byte[vector.Length];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, message.TransactionId);
        writer.Add(StunAttributeType.Username, Encoding.UTF8.GetBytes(Username));
        writer.Add(StunAttributeType.Nonce, "f//499k954d6OL34oL9FSTvy64sA"u8);
        writer.Add(StunAttributeType.Realm, "example.org"u8);
        writer.AddIntegrity(key);

        Assert.Equal(vector.Length, writer.Length);
        Assert.Equal(vector, buffer);
    }

    [Fact]
    public void Sha256Request_Rfc8489AppendixB1WithErratum6268_IsVerified()
    {
        var vector = Hex.Bytes("""
            00 01 00 90 21 12 a4 42 78 ad 34 33 c6 ad 72 c0 29 da 41 2e
            00 1e 00 20 4a 3c f3 8f ef 69 92 bd a9 52 c6 78 04 17 da 0f 24 81 94 15 56 9e 60 b2 05 c4 6e 41 40 7f 17 04
            00 15 00 29 6f 62 4d 61 74 4a 6f 73 32 41 41 41 43 66 2f 2f 34 39 39 6b 39 35 34 64 36 4f 4c 33 34 6f 4c 39
            46 53 54 76 79 36 34 73 41 00 00 00
            00 14 00 0b 65 78 61 6d 70 6c 65 2e 6f 72 67 00
            00 1d 00 04 00 02 00 00
            00 1c 00 20 b5 c7 bf 00 5b 6c 52 a2 1c 51 c5 e8 92 f8 19 24 13 62 96 cb 92 7c 43 14 93 09 27 8c c6 51 8e 65
            """);
        Assert.True(StunMessage.TryParse(vector, out var message, out _));
        Assert.True(
            message.VerifyIntegritySha256(StunKey.LongTermSha256("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", "example.org", "TheMatrIX")));
    }

    [Theory]
    [InlineData(Request)]
    [InlineData(ResponseIPv4)]
    [InlineData(ResponseIPv6)]
    public void Vector_AnyBitFlipped_IsRefusedOrFailsItsFingerprint(string hex)
    {
        var vector = Hex.Bytes(hex);
        for (var bit = 0; bit < vector.Length * 8; bit++)
        {
            vector[bit / 8] ^= (byte)(1 << (bit % 8));
            if (StunMessage.TryParse(vector, out var message, out _))
            {
                Assert.False(message.VerifyFingerprint());

                // The flipped bit may lie behind MESSAGE-INTEGRITY, or in its padding's place; else it must be noticed.
                Assert.True(bit >= (vector.Length - 8) * 8 || !message.VerifyIntegrity(Key));
            }

            vector[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }
}

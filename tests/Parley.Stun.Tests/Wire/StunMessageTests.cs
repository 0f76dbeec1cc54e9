using System.Text;
using Parley.Net;

namespace Parley.Stun.Tests.Wire;

public class StunMessageTests
{
    private static readonly TransactionId Id = TransactionId.Create(RandomSource.Seeded(7));

    [Theory]
    [InlineData("", StunParseError.TooShort)]
    [InlineData("00 01 00 00 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00", StunParseError.TooShort)]
    [InlineData("40 01 00 00 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00", StunParseError.NotStun)]
    [InlineData("00 01 00 00 21 12 a4 43 00 00 00 00 00 00 00 00 00 00 00 00", StunParseError.WrongMagicCookie)]
    [InlineData("00 01 00 02 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00 00 00", StunParseError.WrongLength)]
    [InlineData("00 01 00 04 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00", StunParseError.WrongLength)]
    [InlineData("00 01 00 00 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", StunParseError.WrongLength)]
    [InlineData("00 01 00 04 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00 80 22 00 01", StunParseError.TruncatedAttribute)]
    [InlineData("00 01 00 04 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00 80 22 ff ff", StunParseError.TruncatedAttribute)]
    [InlineData("00 01 00 08 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00 00 08 00 04 00 00 00 00", StunParseError.WrongAttributeLength)]
    [InlineData("00 01 00 04 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00 80 28 00 00", StunParseError.WrongAttributeLength)]
    [InlineData(
        "00 01 00 0c 21 12 a4 42 00 00 00 00 00 00 00 00 00 00 00 00 80 28 00 04 00 00 00 00 80 22 00 00",
        StunParseError.FingerprintNotLast)]
    public void TryParse_Broken_NamesTheError(string hex, StunParseError expected)
    {
        Assert.False(StunMessage.TryParse(Hex.Bytes(hex), out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData(StunClass.Request, StunMethod.Binding, 0x0001)]
    [InlineData(StunClass.Indication, StunMethod.Binding, 0x0011)]
    [InlineData(StunClass.SuccessResponse, StunMethod.Binding, 0x0101)]
    [InlineData(StunClass.ErrorResponse, StunMethod.Binding, 0x0111)]
    [InlineData(StunClass.ErrorResponse, StunMethod.Allocate, 0x0113)]
    [InlineData(StunClass.Indication, StunMethod.Data, 0x0017)]
    [InlineData(StunClass.SuccessResponse, (StunMethod)0xFFF, 0x3FEF)]
    public void Type_RoundTrips(StunClass messageClass, StunMethod method, int type)
    {
        var buffer = new byte[20];
        _ = new StunWriter(buffer, messageClass, method, Id);
        Assert.Equal(type, (buffer[0] << 8) | buffer[1]);
        Assert.True(StunMessage.TryParse(buffer, out var message, out _));
        Assert.Equal(messageClass, message.Class);
        Assert.Equal(method, message.Method);
        Assert.Equal(Id, message.TransactionId);
    }

    [Fact]
    public void Attributes_EachKind_RoundTrip()
    {
        var buffer = new byte[500];
        Assert.True(TransportAddress.TryParse("[2001:db8::7]:9", out var v6));
        Assert.True(TransportAddress.TryParse("203.0.113.9:65535", out var v4));
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Allocate, Id);
        writer.AddErrorCode(438, "Stale"u8);
        writer.AddUnknownAttributes([(StunAttributeType)0x7001, StunAttributeType.Realm]);
        writer.AddAddress(StunAttributeType.MappedAddress, v4);
        writer.AddAddress(StunAttributeType.AlternateServer, v6);
        writer.AddXorAddress(StunAttributeType.XorRelayedAddress, v6);
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, v4);
        writer.AddUInt32(StunAttributeType.Lifetime, 600);
        writer.Add(StunAttributeType.UseCandidate);
        writer.AddIntegritySha256("key"u8);
        writer.AddFingerprint();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.True(message.TryReadErrorCode(out var code, out var reason));
        Assert.Equal(438, code);
        Assert.Equal("Stale", Encoding.UTF8.GetString(reason));
        Assert.True(message.TryFind(StunAttributeType.UnknownAttributes, out var unknown));
        Assert.Equal(Hex.Bytes("70 01 00 14"), unknown.ToArray());
        Assert.True(message.TryReadAddress(StunAttributeType.MappedAddress, out var address));
        Assert.Equal(v4, address);
        Assert.True(message.TryReadAddress(StunAttributeType.AlternateServer, out address));
        Assert.Equal(v6, address);
        Assert.True(message.TryReadXorAddress(StunAttributeType.XorRelayedAddress, out address));
        Assert.Equal(v6, address);
        Assert.True(message.TryReadXorAddress(StunAttributeType.XorPeerAddress, out address));
        Assert.Equal(v4, address);
        Assert.True(message.TryReadUInt32(StunAttributeType.Lifetime, out var lifetime));
        Assert.Equal(600u, lifetime);
        Assert.True(message.Contains(StunAttributeType.UseCandidate));
        Assert.False(message.HasIntegrity);
        Assert.True(message.VerifyIntegritySha256("key"u8));
        Assert.False(message.VerifyIntegritySha256("kez"u8));
        Assert.True(message.VerifyFingerprint());
        Assert.False(message.TryReadUInt64(StunAttributeType.Lifetime, out _));
        Assert.False(message.TryReadXorAddress(StunAttributeType.Lifetime, out _));
    }

    [Fact]
    public void Attributes_AfterMessageIntegrity_AreIgnored()
    {
        // RFC 8489 §14.5.
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.AddUInt32(StunAttributeType.Priority, 1);
        writer.AddIntegrity("key"u8);
        writer.Add(StunAttributeType.UseCandidate);
        writer.Add((StunAttributeType)0x7FFF);
        writer.AddFingerprint();

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.True(message.Contains(StunAttributeType.Priority));
        Assert.False(message.Contains(StunAttributeType.UseCandidate));
        Assert.Equal(0, message.FindUnknownAttributes(new StunAttributeType[4]));
        Assert.True(message.VerifyIntegrity("key"u8));
        Assert.True(message.VerifyFingerprint());
    }

    [Fact]
    public void FindUnknownAttributes_ComprehensionRequired_AloneAreFound()
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.Add((StunAttributeType)0x7001);
        writer.Add(StunAttributeType.GoogNetworkInfo, [0, 1, 0, 0]);
        writer.Add((StunAttributeType)0xC0DE);
        writer.Add((StunAttributeType)0x0030);
        writer.Add(StunAttributeType.UseCandidate);

        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        var unknown = new StunAttributeType[4];
        Assert.Equal(2, message.FindUnknownAttributes(unknown));
        Assert.Equal((StunAttributeType)0x7001, unknown[0]);
        Assert.Equal((StunAttributeType)0x0030, unknown[1]);
        Assert.Equal(1, message.FindUnknownAttributes(unknown.AsSpan(0, 1)));
    }

    [Theory]
    [InlineData(2, 99)]
    [InlineData(7, 0)]
    [InlineData(4, 100)]
    public void TryReadErrorCode_OutOfRange_IsFalse(byte hundreds, byte rest)
    {
        var buffer = new byte[40];
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Binding, Id);
        writer.Add(StunAttributeType.ErrorCode, [0, 0, hundreds, rest]);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _));
        Assert.False(message.TryReadErrorCode(out _, out _));
    }

    [Fact]
    public void TryParse_EachTruncation_IsRefused()
    {
        var whole = WholeMessage();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.False(StunMessage.TryParse(whole.AsSpan(0, length), out _, out var error));
            Assert.NotEqual(StunParseError.None, error);
        }
    }

    [Fact]
    public void EveryReader_RandomBytes_NeverThrows()
    {
        var random = RandomSource.Seeded(2);
        var parsed = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = new byte[random.Next(120)];
            random.Fill(bytes);
            if (bytes.Length >= 20 && random.Next(4) > 0)
            {
                // Half right, so that the attributes are reached.
                bytes[0] &= 0x3F;
                Hex.Bytes("21 12 a4 42").CopyTo(bytes, 4);
                bytes = bytes[..(bytes.Length & ~3)];
                bytes[2] = 0;
                bytes[3] = (byte)(bytes.Length - 20);
                for (var at = 20; at + 4 <= bytes.Length; at += 4 + (bytes[at + 3] + 3 & ~3))
                {
                    bytes[at + 2] = 0;
                    bytes[at + 3] = (byte)random.Next(24);
                    bytes[at + 1] = (byte)random.Next(0x30);
                    bytes[at] = (byte)(random.Next(2) * 0x80);
                }
            }

            if (StunMessage.TryParse(bytes, out var message, out _))
            {
                parsed++;
                ReadAll(message);
            }
        }

        Assert.True(parsed > 1000, $"Only {parsed} reached the attributes.");
    }

    [Fact]
    public void ReadAndWrite_SteadyState_AllocatesNothing()
    {
        var buffer = new byte[200];
        var key = StunKey.ShortTerm("VOkJxbRl1RmTxUk/WvJxBt");
        Assert.True(TransportAddress.TryParse("192.0.2.1:5", out var address));
        void ReadAndWrite(int rounds)
        {
            Span<StunAttributeType> unknown = stackalloc StunAttributeType[2];
            for (var round = 0; round < rounds; round++)
            {
                var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, Id);
                writer.Add(StunAttributeType.Username, "abcd:efgh"u8);
                writer.AddXorAddress(StunAttributeType.XorMappedAddress, address);
                writer.AddIntegrity(key);
                writer.AddFingerprint();
                if (!StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out var message, out _)
                    || !message.VerifyFingerprint() || !message.VerifyIntegrity(key)
                    || !message.TryReadXorAddress(StunAttributeType.XorMappedAddress, out var mapped) || mapped != address
                    || message.FindUnknownAttributes(unknown) != 0)
                {
                    Assert.Fail("What was written is not what is read.");
                }
            }
        }

        ReadAndWrite(100);
        Assert.Equal(0, SteadyState.Allocates(() => ReadAndWrite(400)));
    }

    [Fact]
    public void Writer_BufferTooSmall_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            var writer = new StunWriter(new byte[24], StunClass.Request, StunMethod.Binding, Id);
            writer.AddUInt32(StunAttributeType.Priority, 1);
        });
    }

    [Fact]
    public void Crc32_CheckValue_IsThatOfTheStandard() => Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));

    private static byte[] WholeMessage()
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.Add(StunAttributeType.Username, "abcde:fghij"u8);
        writer.AddUInt32(StunAttributeType.Priority, 12345);
        writer.AddIntegrity("key"u8);
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }

    private static void ReadAll(StunMessage message)
    {
        foreach (var attribute in message.Attributes)
        {
            var type = attribute.Type;
            message.TryReadXorAddress(type, out _);
            message.TryReadAddress(type, out _);
            message.TryReadUInt32(type, out _);
            message.TryReadUInt64(type, out _);
        }

        message.TryReadErrorCode(out _, out _);
        message.FindUnknownAttributes(new StunAttributeType[3]);
        message.VerifyFingerprint();
        message.VerifyIntegrity("key"u8);
        message.VerifyIntegritySha256("key"u8);
    }
}

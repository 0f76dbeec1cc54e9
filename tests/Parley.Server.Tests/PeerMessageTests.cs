using System.Text;
using System.Text.Json;

namespace Parley.Server.Tests;

/// <summary>The reader of peers' messages against hostile bytes.</summary>
public sealed class PeerMessageTests
{
    private static readonly byte[] Valid = Encoding.UTF8.GetBytes(
        """{"to":"0123456789abcdef","description":{"type":"offer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"},"é\n":[1,2.5e3,true,null]}""");

    [Fact]
    public void Truncated_AtEachLength_IsNotJson()
    {
        for (int length = 0; length < Valid.Length; length++)
        {
            Assert.False(PeerMessage.TryAddress(Valid.AsSpan(0, length), "me"u8, out _, out _, out PeerMessageError error));
            Assert.Equal(PeerMessageError.NotJson, error);
        }
    }

    [Fact]
    public void BitFlipped_AtEachBit_NeverThrowsAndRelaysOnlyJsonFromItsSender()
    {
        byte[] flipped = [.. Valid];
        for (int bit = 0; bit < Valid.Length * 8; bit++)
        {
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            ExpectHarmless(flipped);
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        var random = new Random(20261124);
        byte[] alphabet = [.. "{}[]\",:\\tofrmype0u-e. \n"u8];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(64)];
            if (i % 2 == 0)
            {
                random.NextBytes(bytes);
            }
            else
            {
                random.GetItems(alphabet, bytes);
            }

            ExpectHarmless(bytes);
        }
    }

    private static void ExpectHarmless(ReadOnlySpan<byte> message)
    {
        if (!PeerMessage.TryAddress(message, "me"u8, out _, out ReadOnlyMemory<byte> relayed, out _))
        {
            return;
        }

        // Invalid UTF-8 inside strings cannot come here from a socket, which refuses it; all else must be one object again.
        using JsonDocument document = JsonDocument.Parse(relayed);
        Assert.Equal("me", Assert.Single(document.RootElement.EnumerateObject(), p => p.NameEquals("from"u8)).Value.GetString());
        Assert.False(document.RootElement.TryGetProperty("to", out _));
    }
}

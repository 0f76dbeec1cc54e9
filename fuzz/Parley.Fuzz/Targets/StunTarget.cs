using Parley.Net;
using Parley.Stun;

namespace Parley.Fuzz.Targets;

/// <summary>STUN messages: each attribute read, integrity and fingerprint checked.</summary>
internal sealed class StunTarget : FuzzTarget
{
    private static readonly byte[] Key = StunKey.ShortTerm("abcdefghijklmnopqrstuvwx");

    public override string Name => "stun";

    public override int LongestInput => 2048;

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (var messageClass in (StunClass[])[StunClass.Request, StunClass.SuccessResponse, StunClass.ErrorResponse])
        {
            var buffer = new byte[512];
            var writer = new StunWriter(
                buffer, messageClass, StunMethod.Binding, TransactionId.Read([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
            TransportAddress.TryParse("192.0.2.7:5000", out var address);
            writer.Add(StunAttributeType.Username, "Yh7k:abcd"u8);
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, address);
            writer.AddUInt32(StunAttributeType.Priority, 7);
            writer.AddErrorCode(487, "Role Conflict"u8);
            writer.AddUnknownAttributes([StunAttributeType.Priority]);
            writer.AddIntegrity(Key);
            writer.AddFingerprint();
            yield return buffer[..writer.Length];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        DatagramDemultiplexer.Classify(input);
        if (!StunMessage.TryParse(input, out var message, out _))
        {
            return;
        }

        foreach (var attribute in message.Attributes)
        {
            message.TryReadAddress(attribute.Type, out _);
            message.TryReadXorAddress(attribute.Type, out _);
            message.TryReadUInt32(attribute.Type, out _);
            message.TryReadUInt64(attribute.Type, out _);
        }

        Span<StunAttributeType> unknown = stackalloc StunAttributeType[16];
        message.FindUnknownAttributes(unknown);
        message.TryReadErrorCode(out _, out _);
        message.VerifyFingerprint();
        message.VerifyIntegrity(Key);
        message.VerifyIntegritySha256(Key);
    }
}

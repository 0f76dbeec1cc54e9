using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

/// <summary>A STUN server of a few lines.</summary>
internal sealed class StunServerCore(TransportAddress address)
{
    public TransportAddress Address { get; } = address;

    public int Requests { get; private set; }

    /// <summary>When set, all requests are refused with it.</summary>
    public int? ErrorCode { get; set; }

    public byte[]? Answer(byte[] datagram, TransportAddress from)
    {
        if (!StunMessage.TryParse(datagram, out var request, out _) || request.Class != StunClass.Request)
        {
            return null;
        }

        Requests++;
        var buffer = new byte[200];
        var writer = new StunWriter(
            buffer, ErrorCode is null ? StunClass.SuccessResponse : StunClass.ErrorResponse, StunMethod.Binding, request.TransactionId);
        if (ErrorCode is { } code)
        {
            writer.AddErrorCode(code, "No"u8);
        }
        else
        {
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, from);
        }

        return buffer[..writer.Length];
    }
}

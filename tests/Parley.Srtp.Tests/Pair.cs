using System.Buffers.Binary;

namespace Parley.Srtp.Tests;

/// <summary>A sender and its receiver, from one exported keying material.</summary>
internal sealed class Pair : IDisposable
{
    private readonly SrtpContext _unusedSender;
    private readonly SrtpContext _unusedReceiver;

    public Pair(SrtpProfile profile)
    {
        var material = new byte[profile.KeyingMaterialLength];
        new Random(7).NextBytes(material);
        (Outbound, _unusedReceiver) = SrtpContext.FromKeyingMaterial(profile, material, isClient: true);
        (_unusedSender, Inbound) = SrtpContext.FromKeyingMaterial(profile, material, isClient: false);
    }

    public SrtpContext Outbound { get; }

    public SrtpContext Inbound { get; }

    public static TheoryData<SrtpProfile> Profiles() => [.. Enum.GetValues<SrtpProfile>()];

    public static byte[] Rtp(ushort sequenceNumber, uint ssrc = 1, int payload = 50)
    {
        var packet = new byte[12 + payload];
        packet[0] = 0x80;
        packet[1] = 96;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        packet.AsSpan(12).Fill(0x5A);
        return packet;
    }

    public static byte[] Rtcp(uint ssrc = 1, int length = 28)
    {
        var packet = new byte[length];
        packet[0] = 0x80;
        packet[1] = 200;
        packet[3] = (byte)(length / 4 - 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        return packet;
    }

    public byte[] Protect(byte[] rtp)
    {
        var buffer = new byte[rtp.Length + Outbound.MaxOverhead];
        rtp.CopyTo(buffer, 0);
        return buffer[..Outbound.ProtectRtp(buffer, rtp.Length)];
    }

    public byte[] ProtectRtcp(byte[] rtcp)
    {
        var buffer = new byte[rtcp.Length + Outbound.MaxOverhead];
        rtcp.CopyTo(buffer, 0);
        return buffer[..Outbound.ProtectRtcp(buffer, rtcp.Length)];
    }

    public SrtpError Unprotect(ReadOnlySpan<byte> packet)
    {
        Inbound.TryUnprotectRtp(packet.ToArray(), out _, out var error);
        return error;
    }

    public SrtpError UnprotectRtcp(ReadOnlySpan<byte> packet)
    {
        Inbound.TryUnprotectRtcp(packet.ToArray(), out _, out var error);
        return error;
    }

    public void Dispose()
    {
        Outbound.Dispose();
        Inbound.Dispose();
        _unusedSender.Dispose();
        _unusedReceiver.Dispose();
    }
}

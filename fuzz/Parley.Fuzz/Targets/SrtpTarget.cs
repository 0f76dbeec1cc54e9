using Parley.Srtp;

namespace Parley.Fuzz.Targets;

/// <summary>SRTP and SRTCP: bytes as they come, and packets that authenticate with headers of the input's making.</summary>
internal sealed class SrtpTarget : FuzzTarget
{
    private static readonly SrtpProfile[] Profiles =
        [SrtpProfile.Aes128CmHmacSha1With80BitTag, SrtpProfile.Aes128CmHmacSha1With32BitTag, SrtpProfile.AeadAes128Gcm];

    public override string Name => "srtp";

    public override int LongestInput => 1500;

    public override IEnumerable<byte[]> Seeds()
    {
        byte[] rtp = [0x90, 0x60, 0, 1, 0, 0, 0, 9, 0, 0, 0, 5, 0xBE, 0xDE, 0, 1, 0x10, 0x30, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        byte[] rtcp = [0x80, 200, 0, 6, 0, 0, 0, 5, .. new byte[20]];
        for (byte mode = 0; mode < 12; mode++)
        {
            yield return [mode, .. (mode & 1) == 0 ? rtp : rtcp];
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var profile = Profiles[(input[0] >> 2) % Profiles.Length];
        var material = new byte[profile.KeyingMaterialLength];
        material.AsSpan().Fill(7);
        var (outbound, unused) = SrtpContext.FromKeyingMaterial(profile, material, isClient: true);
        var (alsoUnused, inbound) = SrtpContext.FromKeyingMaterial(profile, material, isClient: false);
        using (outbound)
        using (unused)
        using (alsoUnused)
        using (inbound)
        {
            var isRtcp = (input[0] & 1) != 0;
            var packet = new byte[input.Length - 1 + outbound.MaxOverhead];
            input[1..].CopyTo(packet);
            var length = input.Length - 1;
            if ((input[0] & 2) != 0)
            {
                length = Protect(outbound, isRtcp, packet, length);
            }

            for (var times = 0; times < 2; times++)
            {
                var copy = packet.AsSpan(0, length).ToArray();
                _ = isRtcp ? inbound.TryUnprotectRtcp(copy, out _, out _) : inbound.TryUnprotectRtp(copy, out _, out _);
            }
        }
    }

    private static int Protect(SrtpContext context, bool isRtcp, byte[] packet, int length)
    {
        try
        {
            return isRtcp ? context.ProtectRtcp(packet, length) : context.ProtectRtp(packet, length);
        }
        catch (ArgumentException)
        {
            // What is no packet is the caller's misuse.
            return length;
        }
    }
}

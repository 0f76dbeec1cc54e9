using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using Parley.Srtp;

namespace Parley.Cli.Bench;

/// <summary>
/// SRTP alone: packets of 1,200 bytes protected and unprotected in place, one profile after the other; packet by packet, and as many
/// together as a batch of datagrams holds.
/// </summary>
internal sealed class SrtpWorkload : Workload
{
    private const int Batch = 1024;
    private const int MaxOverhead = 64;

    /// <summary>How many packets go together: a batch of datagrams has room for about a hundred.</summary>
    private const int TogetherCount = 64;

    public override string Name => "srtp";

    public override int DefaultMessage => 1200;

    public override Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        int length = options.Message ?? DefaultMessage;
        SrtpProfile[] profiles = Enum.GetValues<SrtpProfile>();
        result.WriteStartObject("profiles");
        foreach (SrtpProfile profile in profiles)
        {
            Figures figures = Measure(profile, length, options.Seconds / profiles.Length, cancellation);
            result.WriteStartObject(SrtpProfileNames.NameOf(profile));
            result.WriteNumber("protect_ns", Median(figures.Protects));
            result.WriteNumber("unprotect_ns", Median(figures.Unprotects));
            result.WriteNumber("protect_together_ns", Median(figures.ProtectsTogether));
            result.WriteNumber("unprotect_together_ns", Median(figures.UnprotectsTogether));
            result.WriteEndObject();
        }

        result.WriteEndObject();
        return Task.CompletedTask;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return Math.Round(Quantile.Of(values, 0.5), 1);
    }

    // The median of batches: what else runs on the machine shall not count.
    private static Figures Measure(SrtpProfile profile, int length, double seconds, CancellationToken cancellation)
    {
        byte[] key = [.. Enumerable.Range(1, profile.KeyLength).Select(each => (byte)each)];
        byte[] salt = [.. Enumerable.Range(1, profile.SaltLength).Select(each => (byte)each)];
        using var sender = new SrtpContext(profile, key, salt);
        using var receiver = new SrtpContext(profile, key, salt);
        int stride = length + MaxOverhead;
        byte[] buffer = new byte[Batch * stride];
        var packets = new SrtpPacket[Batch];
        var figures = new Figures([], [], [], []);
        ushort sequence = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds || figures.Protects.Count < 3)
        {
            cancellation.ThrowIfCancellationRequested();
            Write(buffer, packets, length, stride, ref sequence);
            figures.Protects.Add(Time(() => OneByOne(sender, buffer, packets, protect: true)));
            figures.Unprotects.Add(Time(() => OneByOne(receiver, buffer, packets, protect: false)));
            Check(packets, length);
            Write(buffer, packets, length, stride, ref sequence);
            figures.ProtectsTogether.Add(Time(() => Together(sender, buffer, packets, protect: true)));
            figures.UnprotectsTogether.Add(Time(() => Together(receiver, buffer, packets, protect: false)));
            Check(packets, length);
        }

        return figures;
    }

    private static double Time(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Batch;
    }

    private static void Write(byte[] buffer, SrtpPacket[] packets, int length, int stride, ref ushort sequence)
    {
        for (int i = 0; i < Batch; i++)
        {
            Span<byte> packet = buffer.AsSpan(i * stride);
            packet[0] = 0x80;
            packet[1] = 96;
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], sequence++);
            BinaryPrimitives.WriteUInt32BigEndian(packet[8..], 1);
            packets[i] = new SrtpPacket { Offset = i * stride, Length = length };
        }
    }

    private static void OneByOne(SrtpContext context, byte[] buffer, SrtpPacket[] packets, bool protect)
    {
        foreach (ref SrtpPacket packet in packets.AsSpan())
        {
            if (protect)
            {
                packet.Length = context.ProtectRtp(buffer.AsSpan(packet.Offset, packet.Length + MaxOverhead), packet.Length);
            }
            else
            {
                context.TryUnprotectRtp(buffer.AsSpan(packet.Offset, packet.Length), out packet.Length, out packet.Error);
            }
        }
    }

    private static void Together(SrtpContext context, byte[] buffer, SrtpPacket[] packets, bool protect)
    {
        for (int at = 0; at < packets.Length; at += TogetherCount)
        {
            Span<SrtpPacket> some = packets.AsSpan(at, TogetherCount);
            if (protect)
            {
                context.Protect(buffer, some);
            }
            else
            {
                context.Unprotect(buffer, some);
            }
        }
    }

    private static void Check(SrtpPacket[] packets, int length)
    {
        foreach (SrtpPacket packet in packets)
        {
            if (packet.Length != length)
            {
                throw new CommandException($"A packet does not verify: {packet.Error}.");
            }
        }
    }

    private sealed record Figures(
        List<double> Protects, List<double> Unprotects, List<double> ProtectsTogether, List<double> UnprotectsTogether);
}

using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using Parley.Srtp;

namespace Parley.Cli.Bench;

/// <summary>SRTP alone: packets of 1,200 bytes protected and unprotected in place, one profile after the other.</summary>
internal sealed class SrtpWorkload : Workload
{
    private const int Batch = 1024;
    private const int MaxOverhead = 64;

    public override string Name => "srtp";

    public override int DefaultMessage => 1200;

    public override Task MeasureAsync(BenchOptions options, BenchLink link, Utf8JsonWriter result, CancellationToken cancellation)
    {
        int length = options.Message ?? DefaultMessage;
        SrtpProfile[] profiles = Enum.GetValues<SrtpProfile>();
        result.WriteStartObject("profiles");
        foreach (SrtpProfile profile in profiles)
        {
            (double protect, double unprotect) = Measure(profile, length, options.Seconds / profiles.Length, cancellation);
            result.WriteStartObject(SrtpProfileNames.NameOf(profile));
            result.WriteNumber("protect_ns", Math.Round(protect, 1));
            result.WriteNumber("unprotect_ns", Math.Round(unprotect, 1));
            result.WriteEndObject();
        }

        result.WriteEndObject();
        return Task.CompletedTask;
    }

    // The median of batches: what else runs on the machine shall not count.
    private static (double Protect, double Unprotect) Measure(SrtpProfile profile, int length, double seconds, CancellationToken cancellation)
    {
        byte[] key = [.. Enumerable.Range(1, profile.KeyLength).Select(each => (byte)each)];
        byte[] salt = [.. Enumerable.Range(1, profile.SaltLength).Select(each => (byte)each)];
        using var sender = new SrtpContext(profile, key, salt);
        using var receiver = new SrtpContext(profile, key, salt);
        byte[][] packets = [.. Enumerable.Range(0, Batch).Select(_ => new byte[length + MaxOverhead])];
        int[] lengths = new int[Batch];
        List<double> protects = [], unprotects = [];
        ushort sequence = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds || protects.Count < 3)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (byte[] packet in packets)
            {
                packet[0] = 0x80;
                packet[1] = 96;
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence++);
                BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), 1);
            }

            long at = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batch; i++)
            {
                lengths[i] = sender.ProtectRtp(packets[i], length);
            }

            protects.Add(Stopwatch.GetElapsedTime(at).TotalNanoseconds / Batch);
            at = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batch; i++)
            {
                if (!receiver.TryUnprotectRtp(packets[i].AsSpan(0, lengths[i]), out _, out SrtpError error))
                {
                    throw new CommandException($"A packet does not verify: {error}.");
                }
            }

            unprotects.Add(Stopwatch.GetElapsedTime(at).TotalNanoseconds / Batch);
        }

        protects.Sort();
        unprotects.Sort();
        return (Quantile.Of(protects, 0.5), Quantile.Of(unprotects, 0.5));
    }
}

using System.Text;
using Parley.Ice;
using Parley.Rtp;

namespace Parley.Transport;

/// <summary>
/// All that negotiation wants of a transport, as one value: a later plan takes the place of the one before, whole. What differs between the
/// two is what <see cref="BundleTransport.Apply"/> does; a plan that says the same changes nothing.
/// </summary>
/// <param name="Local">This side's ICE credentials.</param>
public sealed record TransportPlan(LocalGeneration Local)
{
    private const int MaxNameBytes = 255;

    /// <summary>
    /// Whether candidates are gathered. It begins with the first plan that says so and never ends; each restart gathers anew.
    /// </summary>
    public bool Gathers { get; init; }

    /// <summary>Which candidates may be used, from the next gathering on.</summary>
    public IceTransportPolicy Policy { get; init; }

    /// <summary>The servers that the next gathering asks.</summary>
    public IReadOnlyList<IceServerAddress> Servers { get; init; } = [];

    /// <summary>
    /// Who nominates, by signaling (RFC 8445 §6.1.1); null: not known yet. A conflict that checks find may change it, whatever the plan
    /// says.
    /// </summary>
    public IceRole? Role { get; init; }

    /// <summary>The peer; null before its description.</summary>
    public RemotePeer? Remote { get; init; }

    /// <summary>The DTLS association; null before both descriptions are known.</summary>
    public DtlsPlan? Dtls { get; init; }

    /// <summary>The SCTP association; null for none: one that runs ends in order.</summary>
    public SctpPlan? Sctp { get; init; }

    /// <summary>The sections of media. Streams of one that is not in the list any more are gone, with a BYE for what was sent.</summary>
    public IReadOnlyList<SectionPlan> Sections { get; init; } = [];

    /// <summary>Whether RTCP feedback may go without a report before it (RFC 5506).</summary>
    public bool ReducedSizeRtcp { get; init; } = true;

    /// <summary>Looks for what <see cref="BundleTransport.Apply"/> would refuse.</summary>
    /// <returns>The first error found; <see cref="TransportPlanError.None"/>: the plan can be applied.</returns>
    public TransportPlanError Check()
    {
        if (Dtls is { Certificates.Count: 0 })
        {
            return TransportPlanError.CertificateMissing;
        }

        if (Sctp is not null && Dtls is null)
        {
            return TransportPlanError.SctpWithoutDtls;
        }

        if (Sctp is { Streams: 0 } or { MaxMessageSize: < 1 } or { RemoteMaxMessageSize: < 0 })
        {
            return TransportPlanError.SctpOutOfRange;
        }

        return Servers.Any(static server => server.Port is < 1 or > ushort.MaxValue)
            ? TransportPlanError.ServerOutOfRange
            : CheckSections();
    }

    private TransportPlanError CheckSections()
    {
        var ids = new HashSet<int>();
        var sources = new HashSet<Ssrc>();
        foreach (var section in Sections)
        {
            if (!ids.Add(section.Id))
            {
                return TransportPlanError.SectionTwice;
            }

            foreach (var encoding in section.HasEnded ? [] : section.Sent ?? [])
            {
                if (encoding.Options.Ssrc is not { } ssrc)
                {
                    return TransportPlanError.SsrcMissing;
                }

                if (!sources.Add(ssrc) || (encoding.Options.RtxSsrc is { } repair && !sources.Add(repair)))
                {
                    return TransportPlanError.SsrcTwice;
                }

                if (IsTooLong(encoding.Options.Mid) || IsTooLong(encoding.Options.Rid))
                {
                    return TransportPlanError.NameTooLong;
                }
            }
        }

        return TransportPlanError.None;
    }

    private static bool IsTooLong(string? name) => name is not null && Encoding.UTF8.GetByteCount(name) > MaxNameBytes;
}

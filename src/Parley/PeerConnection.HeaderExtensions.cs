using Parley.Media;
using Parley.Sdp;

namespace Parley;

// RTP header extensions as they are negotiated (webrtc-extensions, "RTP header extension control"; RFC 8285 §6).
public sealed partial class PeerConnection
{
    /// <summary>The header extensions that a transceiver uses one way, as negotiated. With the gate held.</summary>
    internal IReadOnlyList<RtpHeaderExtensionParameters> NegotiatedExtensions(RtpTransceiver transceiver, bool sending)
    {
        if (_currentLocal is null
            || _currentRemote is null
            || _sections.FirstOrDefault(section => section.Transceiver == transceiver) is not { IsRejected: false } section)
        {
            return [];
        }

        var (local, remote) = (_currentLocal.Document, _currentRemote.Document);
        return section.Index >= local.Media.Count || section.Index >= remote.Media.Count
            ? []
            : UsedExtensions(transceiver.Kind, local, local.Media[section.Index], remote, remote.Media[section.Index], sending);
    }

    /// <summary>
    /// Those that both descriptions have and that both let go this way; sending by the peer's numbers, receiving by ours.
    /// </summary>
    private static IReadOnlyList<RtpHeaderExtensionParameters> UsedExtensions(
        MediaKind kind, SdpDocument local, MediaDescription localMedia, SdpDocument remote, MediaDescription remoteMedia, bool sending)
    {
        var known = CodecCatalog.Extensions(kind);
        var ours = local.UsableExtMapsOf(localMedia).ToArray();
        return
        [
            .. from theirs in remote.UsableExtMapsOf(remoteMedia)
               where known.Any(extension => extension.Uri == theirs.Uri)
               let mine = Array.Find(ours, extension => extension.Uri == theirs.Uri)
               where mine is not null
               let ways = mine.TransceiverDirection().Intersect(theirs.TransceiverDirection().Reverse())
               where sending ? ways.Sends() : ways.Receives()
               select new RtpHeaderExtensionParameters(theirs.Uri, sending ? theirs.Id : mine.Id),
        ];
    }

    /// <summary>
    /// The steps that webrtc-extensions adds to setting an answer, local or remote: what it says of each extension is negotiated, and is
    /// what later offers and answers begin from.
    /// </summary>
    private static void SetNegotiatedExtensions(RtpTransceiver transceiver, SdpDocument answer, MediaDescription media, bool isRemote)
    {
        var lines = answer.UsableExtMapsOf(media).ToArray();
        transceiver.SetNegotiatedExtensions(
            [.. transceiver.HeaderExtensionsToNegotiate.Select(extension => extension with { Direction = Answered(extension.Uri) })]);

        RtpTransceiverDirection Answered(string uri)
        {
            if (Array.Find(lines, line => line.Uri == uri) is not { } line)
            {
                return RtpTransceiverDirection.Stopped;
            }

            var direction = line.TransceiverDirection();
            return isRemote ? direction.Reverse() : direction;
        }
    }
}

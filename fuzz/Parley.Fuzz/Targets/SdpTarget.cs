using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text;
using Parley.Sdp;

namespace Parley.Fuzz.Targets;

/// <summary>Descriptions: parsed, each typed attribute read, written and parsed again.</summary>
internal sealed class SdpTarget : FuzzTarget
{
    private static readonly PropertyInfo[] OfDocument = Readable(typeof(SdpDocument));
    private static readonly PropertyInfo[] OfMedia = Readable(typeof(MediaDescription));

    public override string Name => "sdp";

    public override int LongestInput => 16_384;

    public override IEnumerable<byte[]> Seeds() => SampleDescriptions.All.Select(Encoding.UTF8.GetBytes);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (!SdpDocument.TryParse(Encoding.UTF8.GetString(input), out var document, out _))
        {
            return;
        }

        ReadAll(document, OfDocument);
        foreach (var media in document.Media)
        {
            ReadAll(media, OfMedia);
        }

        var written = document.ToString();
        if (!SdpDocument.TryParse(written, out var again, out var error))
        {
            throw new InvalidDataException($"What was written is not read: {error}");
        }

        if (again.ToString() != written)
        {
            throw new InvalidDataException("Written again it differs.");
        }
    }

    private static PropertyInfo[] Readable(Type type) =>
        [.. type.GetProperties().Where(property => property.CanRead && property.GetIndexParameters().Length == 0)];

    private static void ReadAll(object subject, PropertyInfo[] properties)
    {
        foreach (var property in properties)
        {
            try
            {
                _ = property.GetValue(subject);
            }
            catch (TargetInvocationException error) when (error.InnerException is not null)
            {
                ExceptionDispatchInfo.Throw(error.InnerException);
            }
        }
    }
}

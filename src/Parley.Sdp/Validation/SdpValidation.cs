namespace Parley.Sdp;

/// <summary>The checks of RFC 9429 §5.8 that look into attributes.</summary>
public static class SdpValidation
{
    /// <summary>The most errors reported of one description.</summary>
    public const int MaximumErrors = 64;

    /// <summary>Checks a description. It does not change it, and does not throw for any parsed text.</summary>
    /// <returns>The errors, in the order they were found; empty for a good description.</returns>
    public static IReadOnlyList<SdpParseError> Check(SdpDocument document, SdpRequirements requirements = SdpRequirements.None)
    {
        ArgumentNullException.ThrowIfNull(document);
        var errors = new SdpErrors();
        bool strict = requirements.HasFlag(SdpRequirements.Strict);
        foreach (var attribute in document.Attributes)
        {
            // Attributes of sections mean nothing here, as with browsers, nor does what all sections have of their own.
            if (strict
                || attribute.Name is "setup" or "extmap"
                || (attribute.Name is "ice-ufrag" or "ice-pwd" && !document.Media.TrueForAll(media => media.Has(attribute.Name))))
            {
                AttributeSyntax.Check(attribute, strict, errors);
            }
        }

        foreach (var media in document.Media)
        {
            SectionChecks.Check(media, strict, errors);
        }

        new BundleChecks(document, errors).Check(requirements);
        return errors.All;
    }
}

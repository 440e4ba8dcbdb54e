"""Services that are asked over HTTP: data stores, archives of images, records of patients."""
